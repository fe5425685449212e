/* dhis2.c - see dhis2.h. */
#include "config/dhis2.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char *const keys[DHIS2_ELEMENTS] = {
	"att_enrolled", "att_present", "att_excused", "att_unexcused",
	"att_tardy", "att_early_departure", "att_days_reported", "att_days_school",
};

const char *dhis2_key(int element)
{
	return keys[element];
}

const char *dhis2_name(const struct config *cf, const char *code)
{
	for (size_t i = 0; i < cf->n_dhis2_map; i++)
		if (strcmp(cf->dhis2_map[i].code, code) == 0)
			return cf->dhis2_map[i].uid;
	return code;
}

const char *dhis2_element(const struct config *cf, int element, char code[DHIS2_CODE])
{
	snprintf(code, DHIS2_CODE, "%s", keys[element]);
	for (char *p = code; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	return dhis2_name(cf, code);
}

bool dhis2_by_school(const struct config *cf)
{
	return strcmp(cf->dhis2_org_unit, "school") == 0;
}

void dhis2_unit(const struct config *cf, const char *school, const char *class_name, char code[DHIS2_CODE])
{
	bool whole = dhis2_by_school(cf);

	snprintf(code, DHIS2_CODE, "%.11s%s%.11s", school, whole ? "" : "_", whole ? "" : class_name);
}

void dhis2_period(const struct config *cf, const char *day, const char *week, char out[DHIS2_PERIOD])
{
	if (strcmp(cf->dhis2_period, "weekly") == 0)
		snprintf(out, DHIS2_PERIOD, "%.8s", week);
	else if (strcmp(cf->dhis2_period, "monthly") == 0)
		snprintf(out, DHIS2_PERIOD, "%.4s%.2s", day, day + 5);
	else
		snprintf(out, DHIS2_PERIOD, "%.4s%.2s%.2s", day, day + 5, day + 8);
}
