/* settings.h - the table of settings: name, type, range, default, meaning.  One description from
 * which the loader, `check --print`, the manual's test and "did you mean" all come.  Pure data. */
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cfg_scope { /* a group of settings that occurs once, or once an element of a list */
		 SC_MAIN,
		 SC_CLOSED,
		 SC_TERM,
		 SC_SHIFT,
		 SC_UID,
		 SC_TEMPLATE,
		 SC_PROVIDERS,
		 SC_PROVIDER,
		 SC_SMS_PROVIDERS,
		 SC_SMS_PROVIDER,
		 SC_MODEM,
		 SC_AGENCY,
		 SC_MAP,
		 SC_FORM,
		 SC_FIELD,
		 SC_VOCABULARY,
		 SC_WORD,
		 SC_MESSAGES,
		 SC_MESSAGE,
		 SC_INTENTS,
		 SC_INTENT,
		 SC_MANDATES,
		 SC_MANDATE,
		 SC_RULES,
		 SC_RULE,
		 SC_SEASON,
		 SCOPES
};
enum cfg_file {
	FILE_MAIN,
	FILE_VOCABULARY,
	FILE_MESSAGES,
	FILE_INTENTS,
	FILE_MANDATES,
	FILE_PROVIDERS,
	FILE_SMS_PROVIDERS,
	FILE_RULES
};
struct cfg_scope_info {
	enum cfg_file file;
	const char *prefix; /* "modems[]." */
};

enum cfg_type {
	TY_INT,
	TY_INT64,
	TY_BOOL,
	TY_TEXT,
	TY_SECRET /* a text that is never printed */,
	TY_BUFFER /* a text kept in the struct itself, max bytes */,
	TY_LETTER,
	TY_FILE /* relative to the file that names it */,
	TY_PATH /* the same, made absolute */,
	TY_WORDS /* array of strings */,
	TY_HIDDEN /* the same, never printed */,
	TY_FILES,
	TY_GROUPS /* list of groups */
};
enum cfg_check {
	CK_NONE,
	CK_DIGITS,
	CK_DATE,
	CK_TIME,
	CK_NAME,
	CK_CODE,
	CK_LANGUAGE,
	CK_URL,
	CK_NETWORKS,
	CK_SEASON,
	CK_ZONE_TIME,
	CK_PHONE,
	CK_PREFIX,
	CK_PIN,
	CK_SECRET,
	CK_SIGN,
	CK_HEX_KEY,
	CK_ADDRESS,
	CK_SIGNING,
	CK_KEY_PIN,
	CK_LISTEN,
	CK_USSD,
	CK_TOPUP,
	CK_ANSWER,
	CK_SOCKET,
	CK_DEVICE /* both are of the path made absolute */
};

struct cfg_setting {
	enum cfg_scope scope;
	const char *name; /* within the scope: "store.busy_ms" */
	enum cfg_type type;
	bool extra; /* of SC_MAIN: lies in struct cfg_extra, not in struct config */
	size_t offset;
	int64_t min, max;    /* numbers: value; texts: bytes; lists: elements */
	const char *allowed; /* space-separated words, or NULL */
	enum cfg_check check;
	const char *
	    fallback; /* default as it would be written (lists: space-separated); NULL = required */
	const char *what;     /* one line */
	enum cfg_scope child; /* TY_GROUPS */
	size_t elem, count;   /* TY_GROUPS: size of an element, offset of the counter */
};

const struct cfg_setting *cfg_settings(size_t *n);
const struct cfg_scope_info *cfg_scope_info(enum cfg_scope s);
/* "an integer, 0 to 60000", "one of: error warning info debug" */
const char *cfg_setting_range(const struct cfg_setting *s, char *out, size_t max);
#endif
