/* agency_names.c - how an agency is called in a text to people.  See agency_names.h. */
#include "gateway/casework/agency_names.h"
#include <string.h>
#include "gateway/casework/answer.h"

const char *agencies_name(const struct desk *d, const struct reporter *to, const char *code,
			  char name[64])
{
	static const struct {
		const char *code, *word;
	} words[] = { { "MUN", "agency_mun" },
		      { "SSS", "agency_sss" },
		      { "EDU", "agency_edu" },
		      { "EMPLOY", "agency_employ" },
		      { "POLICE", "word_partner" } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i].code, code) == 0)
			return answer_word(d, to, words[i].word, name);
	}
	desk_cut(name, 64, code);
	return name;
}
