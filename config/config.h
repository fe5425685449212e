/* config.h - the loaded configuration: every setting checked, every file it names read.
 *
 * config_load reads kujdestar.cfg and the files it names (vocabularies, messages, intents, mandates,
 * schools, roster), checks all of it and reports every fault of one run as
 *     kujdestar.cfg:41: zones: "Z10" used but not defined (Z1..Z9)
 * The result is immutable; strings live until config_free.  A reload is a second config_load: keep the
 * old one when it fails.  Relative file names are relative to the file that names them.  May call
 * libconfig (config/reader.c alone) and parser/world.  Never logs.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "config/when.h"
#include "parser/menu.h"
#include "parser/msisdn.h"
#include "parser/parser.h"
#include "parser/world.h"

struct config_code {         /* a code of the SIM: dialled, answered, and the figure picked out */
	const char *code;        /* "*123#", "" none */
	const char **answers;    /* what is answered to its menus, in order */
	const char *pick, *sample; /* expression with one group, and a text it was proved on; "" none */
	int limit;               /* balance: below it people are told; validity: so many days before */
	int every_h;             /* how often it is asked; 0 = only by hand */
};
struct config_modem {
	const char *name;        /* "sim1": in logs, tables and `kujdestar ussd NAME` */
	const char *device;      /* /dev/serial/by-id/... */
	const char *connection;  /* libgammu: "at115200" */
	const char *model;       /* libgammu: "at" skips detection, "" detects */
	const char *features;    /* libgammu feature overrides, "" none */
	const char *smsc;        /* "" = the SIM's own */
	const char *pin;         /* "" none; entered once */
	int sweep_s;             /* full look at both memories */
	int send_gap_ms;         /* cap of libgammu's pause while sending */
	int mute_s;              /* no answer to AT for so long: the modem is mute */
	int credit;              /* segments in flight to the hub */
	int send_s;              /* how long the outcome of a sent segment is waited for */
	int call_s;              /* longest call of libgammu, a listing; others in proportion */
	int network_s;           /* without network for so long: radio off and on, people are told */
	const char **prefixes;   /* numbers it is the first choice for: "+35569", NULL-terminated */
	const char **power_cycle; /* program and arguments that switch it off and on; none: empty */
	struct config_code balance, validity, topup;
};
struct config_map {          /* a key of ours as a receiver names it */
	const char *key, *name, **values; /* values: "ours=theirs", NULL-terminated */
};
struct config_agency {
	const char *code;        /* MUN SSS ... */
	const char *url;         /* "" = no internet: told by a bare SMS to its reporters */
	const char *secret;      /* whsec_... (from secret or secret_file) */
	const char *ca_file;     /* "" = the system's */
	const char *allow_private; /* CIDRs, "" */
	bool plain_http;
	int timeout_ms;
	int parallel;            /* requests at once to it */
	const char *secret_file; /* where secret was read from, "" = it stands in the configuration */
	const char *secret_next, *secret_next_file; /* while secrets change: signed with both */
	const char *signing_key, *signing_key_file; /* whsk_...: an Ed25519 signature (v1a) as well */
	const char *format;      /* webhook cloudevents */
	const char *client_cert, *client_key; /* PEM files it knows us by, "" none */
	const char *pin;         /* "sha256//...": the one public key it may show, "" any verified */
	const char *receiver;    /* webhook primero dhis2 cht rapidpro: the file outbox/receiver_* */
	const char *user, *password, *password_file, *token, *token_file; /* of the others than webhook */
	const char *module, *form, *program, *stage, *id_scheme;
	const char **units, **urns, **groups;
	struct config_map *fields;
	size_t n_fields;
	bool ordered;            /* routine deliveries one after the other, oldest first */
};
struct config_mandate {      /* one row: this event may be told to this agency, with exactly these keys */
	const char *rule;        /* "M03": goes into the audit */
	const char *event;       /* case.new case.urgent absence.streak ... */
	const char *agency;
	const char *basis;       /* legal basis, for the record */
	const char **keys;       /* payload keys that may leave, NULL-terminated */
	const char **concerns;   /* only for these concerns; NULL = any */
	const char **services;   /* only for referrals that ask for one of these; NULL = any */
};
struct config_rule {         /* when people are alerted */
	const char *id;          /* A1 A2 C1 C2 */
	const char *event;       /* case.new case.urgent ...; of a sentence: what it is about */
	const char *when;        /* the sentence, "" = the event alone */
	const char *in_season;   /* the sentence inside a season, "" = the same */
	struct config_when is, season; /* both, read; season.kind WHEN_NONE: as outside */
	const char **ends;       /* what takes an alert back, as written */
	unsigned ended_by;       /* ... as bits of enum config_end; left out: all that can */
	const char **audience;   /* roles told by SMS: "teacher" "head" "coordinator" "duty" "owner" */
	const char *message;     /* catalogue id of the SMS, "" none */
	const char *tell;        /* event of the mandate table told over HTTP, "" none */
	bool urgent;
	int ack_minutes;         /* not acknowledged by then: the next step; 0 = needs no answer */
	const char **escalate;   /* roles, one step each; the last is repeated until max_steps */
	int max_steps;
};
enum config_end { END_CORRECTION = 1, END_EXCUSE = 2, END_RETURN = 4, END_REPORT = 8 };
struct config_template {     /* a text that may be sent to a group of staff */
	const char *name, *text[2]; /* sq, en */
};
struct config_season {       /* both ends included; "06-15" is every year's, "2027-03-20" that one's */
	const char *name, *from, *to;
};
/* A provider of USSD menus: what its requests and answers look like, and what proves them its.  A block
 * that nothing proves is a pattern for others ("like") and is not served. */
struct config_provider {
	const char *name, *like;
	const char *path, *close_path; /* "" none; "{secret}" and, for values in it, "{session}" */
	const char **methods;
	const char *in;          /* query form json xml: where its fields stand */
	bool fold_names;         /* names of fields without regard to case */
	const char *session, *msisdn, *code, *input, *sequence;
	const char *session_key; /* field msisdn both */
	const char *msisdn_form; /* plus digits national */
	const char *input_mode;  /* latest cumulative cumulative_with_code */
	bool first_input_is_code;
	const char **new_if, **close_if, **status_if;
	int repeat_s;            /* the same request within so long is the same request */
	const char *reply_type, *cont, *end, *closed, *status, *failure;
	const char **cont_headers, **end_headers;
	struct {                 /* how its screens are posted */
		const char *url;  /* "" they are the answers of its requests */
		const char *method, *auth; /* none basic bearer */
		const char *user, *password, *password_file;
		int within_s, timeout_ms;
		bool plain_http;
		const char *allow_private, *ca_file;
	} post;
	int failure_status;
	const char *newline;     /* lf crlf br space */
	int limit, deadline_ms;
	const char *auth, *auth_name, *auth_user, *secret, *secret_file;
	const char **addresses;
	bool served;
};
/* A provider of SMS over HTTP: how its texts come in, how ours go out through it, how it tells what became
 * of them.  One without a secret is a pattern. */
struct config_sms_provider {
	const char *name, *like;
	const char *auth, *auth_name, *auth_user, *secret, *secret_file;
	const char **addresses;
	const char **prefixes;   /* as a modem's; those go by it also while modems work */
	bool fold_names;
	struct {
		const char *path;        /* "" none come in */
		const char **methods, *in;
		const char *list;        /* of JSON: where a list of texts stands, "." it is one; "" one text */
		const char *from, *to, *text, *id, *udh;
		const char **ucs2_if;    /* the text is UTF-16: FIELD=VALUE */
		const char *number_form; /* plus digits national */
		const char *reply_type, *reply;
		int dedupe_s;            /* without an id: the same text within so long is the same */
	} inbound;
	struct {
		const char *url;         /* "" none go out */
		const char *method, *type, *body, **headers;
		const char *sender, *user, *password, *password_file;
		const char *auth;        /* none basic bearer */
		const char *number_form; /* plus digits */
		const char *coding_gsm, *coding_unicode; /* {coding} */
		const char *ok;          /* expression that the answer fits, "" any of 2xx */
		const char **ok_if;      /* PATH=VALUE of its JSON, one of them */
		const char *id;          /* PATH, or /EXPRESSION/ with a group; "" ours stands */
		int max_parts, parallel, timeout_ms;
		bool plain_http;
		const char *allow_private, *ca_file;
	} outbound;
	struct {
		const char *path;        /* "" none come */
		const char **methods, *in, *list;
		const char *id, *status, **delivered, **failed;
		const char *reply_type, *reply;
		const char *base;        /* of {report}: "https://host"; "": edge.public_url */
	} report;
	bool receives, sends, reports; /* is served so */
};
struct config_roster_row {
	const char *id, *number, *role, *school, *classes, *agency, *lang; /* classes space-separated */
	int line;
};
struct config_class_row {
	const char *school, *class_name, *shift, *zone; /* zone "": not said */
	int register_size, line;
};
struct config_day_row {      /* days with a meaning for school */
	const char *kind;        /* term holiday closure open */
	const char *from, *to;   /* ISO, both included */
	const char *school;      /* "" = all */
	const char *why;
	int64_t id;              /* of the store's row; 0: of the configuration */
	int line;
};
/* What was imported into the store, for config_load_with. */
struct config_imports {
	bool schools;            /* classes stand in place of files.schools */
	const struct config_class_row *classes;
	size_t n_classes;
	const struct config_day_row *days;
	size_t n_days;
};

struct config_uid {          /* what a receiver calls one of our codes */
	const char *code, *uid;
};

struct config {
	const char *file;
	/* site */
	char site_letter;
	const char *timezone, *language;
	struct msisdn_plan plan;
	/* store */
	const char *store_path, *keyring_path, *key_file;
	const char *key_source, *key_credential; /* file credential passphrase */
	struct {
		int hour, attendance_years, case_months, delivery_days, leaver_days, unread_days;
	} retention;
	struct {
		const char *directory, *recovery_key, *keyring_directory; /* "" = none */
		int keep_days, keyring_days;
	} backup;
	int busy_ms, raw_days;                   /* raw_days: how long texts stay readable */
	/* hub */
	const char *control_socket, *worker_dir; /* "" = beside the hub's own binary */
	const char *log_level;                   /* error warning info debug */
	bool log_private;                        /* numbers and texts in clear: refused unless stated */
	int stop_s;                              /* how long a drain may take at SIGTERM */
	/* legs */
	struct config_modem *modems;
	size_t n_modems;
	struct config_agency *agencies;
	size_t n_agencies;
	const char *edge_listen;                 /* "127.0.0.1:8480"; "" nothing listens */
	const char *edge_tls_cert, *edge_tls_key; /* PEM files, "" plain HTTP */
	const char *edge_public_url;             /* "https://kujdestar.example/", "" no links */
	int edge_link_days;
	int edge_connections, edge_per_address, edge_request_s, edge_body_max;
	int circuit_failures, circuit_s, circuit_max_s; /* when an agency is left in peace */
	/* menus */
	const char *ussd_back, *ussd_main, *ussd_more, *ussd_back_open, *ussd_skip;
	int ussd_resume_h;                       /* an unfinished walk is offered for so long */
	bool ussd_confirm;                       /* what was reported is confirmed by SMS too */
	struct config_provider *providers;       /* of the main file and of files.providers */
	size_t n_providers;
	struct config_sms_provider *sms_providers;
	size_t n_sms_providers;
	int sms_fallback_urgent_s, sms_fallback_s; /* no modem works for so long: by a provider; 0 never */
	int sms_circuit_failures, sms_circuit_s, sms_circuit_max_s; /* when a modem or provider is passed over */
	int courier_parallel, http_expire_h, sms_expire_h;
	int sms_day_limit, sms_recipient_hour_limit; /* cost and loop guard */
	bool sms_unicode;                            /* false: replies are GSM-7 */
	int sms_max_attempts;
	const char *quiet_from, *quiet_to;           /* "21:00", local; "" = no quiet hours */
	const char *quiet_digest;                    /* when what waited leaves; "" = at quiet_to */
	int sms_gap_min;                             /* between two routine SMS to a person; 0 none */
	/* intake */
	int concat_window_h, undo_h, context_h, unknown_reply_h, flood_per_hour, strangers_per_hour;
	int pin_tries, pin_lock_min, pin_age_h;
	bool pin_referrals;
	int silence_days, failed_stop;
	int64_t clock_future_s, clock_past_s; /* a network time stamp is believed inside these */
	/* reports for DHIS2 */
	const char *dhis2_period, *dhis2_org_unit; /* daily weekly monthly; class school */
	const char *dhis2_data_set, *dhis2_category, *dhis2_attribute;
	int dhis2_hour, dhis2_again, dhis2_least; /* of what is sent to agencies */
	struct config_uid *dhis2_map;
	size_t n_dhis2_map;
	/* texts to groups of staff */
	struct config_template *templates;
	size_t n_templates;
	int segment_price;               /* hundredths; 0 = not told */
	const char *currency;
	/* meetings and tasks */
	const char *meeting_first, *meeting_time, *meeting_place; /* "2026-10-08" "10:00" "SALLA" */
	int meeting_months, remind_hour, meeting_close_h;
	int audit_keep_years, security_uid;
	/* cases and referrals; [0] high, [1] medium and not said, [2] low risk */
	int contact_h[3], contact_late_h, followup_d[3], followup_late_d, duplicate_d, confirm_min;
	int answer_high_h, answer_h, referral_stop_d;
	int return_assess_d, return_missed_h, return_visit_h;
	/* tables */
	struct config_mandate *mandates;
	size_t n_mandates;
	struct config_rule *rules;
	size_t n_rules;
	struct config_season *seasons;
	size_t n_seasons;
	struct config_class_row *classes;     /* in force: imported ones, or those of the file */
	size_t n_classes;
	struct config_day_row *days;          /* in force: of the configuration, then imported */
	size_t n_days;
	const char *roster_file;              /* "" none; for the demonstration and `parse` only */
	struct config_roster_row *roster;
	size_t n_roster;
	struct world *world;                  /* sealed */
	struct menu *menu;                    /* its forms as walks */
	struct config_private *own;           /* memory of all of it */
};

/* Loads and checks.  Faults and warnings are written to err, a line each; *out is NULL when there was
 * a fault.  Returns the number of faults. */
int config_load(const char *file, struct config **out, FILE *err);
/* The same with what the store holds (copied; im may be NULL): imported classes stand in place of
 * those of files.schools, imported days come to those of `calendar`, imported terms in place of its
 * terms.  The roster file is not read beside imported classes: it speaks of others. */
int config_load_with(const char *file, const struct config_imports *im, struct config **out,
		     FILE *err);
void config_free(struct config *c);
/* Prints every setting with the value in force and whether it is the default. */
void config_print(const struct config *c, FILE *out);
/* What was loaded, in numbers, a few lines. */
void config_summary(const struct config *c, FILE *out);
/* Things that are no faults yet deserve a word: a roster file beside a real store, an agency without
 * a mandate, a rule without an audience.  Returns how many. */
int config_warnings(const struct config *c, FILE *out);
const struct config_agency *config_agency(const struct config *c, const char *code);
const struct config_provider *config_provider(const struct config *c, const char *name);
bool config_sends_sms(const struct config *c); /* some provider of SMS takes texts */
bool config_has(const char **words, const char *word); /* words may be NULL */
const struct config_sms_provider *config_sms_provider(const struct config *c, const char *name);
const struct config_modem *config_modem(const struct config *c, const char *name);
/* A roster row as the parser sees a sender: by id or by number in any national form.  False: unknown. */
bool config_sender(const struct config *c, const char *id_or_number, struct parser_sender *out);
/* CSV of the roster (header id,msisdn,role,school,classes,agency,language), for `contact import` and
 * the roster file: calls row for each good one (its strings live until row returns; number is
 * normalised; a negative result ends the reading and counts as a fault), writes file:line faults to
 * err; returns faults.  Schools, classes, agencies and the numbering plan are c's. */
typedef int config_roster_fn(void *arg, const struct config_roster_row *row);
int config_read_roster(const struct config *c, const char *file, config_roster_fn *row, void *arg,
		       FILE *err);
/* CSV of classes (school,class,register_size,shift[,zone]) and of days (kind,from,to,school,why), for
 * the imports: as config_read_roster.  Names of classes come in the one way they are written. */
typedef int config_class_fn(void *arg, const struct config_class_row *row);
int config_read_schools(const struct config *c, const char *file, config_class_fn *row, void *arg,
			FILE *err);
typedef int config_day_fn(void *arg, const struct config_day_row *row);
int config_read_calendar(const struct config *c, const char *file, config_day_fn *row, void *arg,
			 FILE *err);
/* One such row from elsewhere, checked the same way; false: why gets the words. */
bool config_class_ok(const struct config *c, const struct config_class_row *row, char *why,
		     size_t max);
bool config_day_ok(const struct config *c, const struct config_day_row *row, char *why, size_t max);
/* Where files.schools says other things than the imported classes; a line each, returns how many. */
int config_differences(const struct config *c, FILE *out);
/* The row under which a referral of a case with one of these concerns (comma-separated) may go to an
 * agency for a service ("" = not said), or NULL: it may not.  Never the built-in row. */
const struct config_mandate *config_mandate_referral(const struct config *c, const char *concerns,
						     const char *agency, const char *service);
/* Who may be told of an event, with which keys.  concern: one of the case's concerns ("begging"), or
 * NULL when there is none: rows that are limited to concerns then do not apply.  out gets at most max
 * rows and at most one an agency; an event to which no row applies goes to MUN alone with the least
 * keys (alert, event, at), rule "M00".  Returns how many, never 0 when max > 0. */
size_t config_mandates(const struct config *c, const char *event, const char *concern,
		       const struct config_mandate **out, size_t max);
/* The row under which this agency may be told of this event, or NULL: it may not. */
const struct config_mandate *config_mandate_for(const struct config *c, const char *event,
						const char *concern, const char *agency);
/* Does the local day (ISO) lie inside a season of the rules? */
bool config_in_season(const struct config *c, const char *day);
#endif
