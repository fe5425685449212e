/* concepts.h - every meaning a word of a vocabulary file can have.
 *
 * X(enumerator, name in vocabulary files, weight, group).  The weight is what it costs a reading to
 * leave the word unexplained: 0 for politeness, high for words that turn a meaning round.  A word
 * may have several concepts; forms pick the one they can use.
 */
#ifndef PARSER_CONCEPTS_H
#define PARSER_CONCEPTS_H

/* Group: what kind of value the concept gives to a reading. */
enum concept_group {
	G_NONE, G_VALUE, G_CATEGORY, G_REASON, G_CONCERN, G_FLAG, G_RISK, G_OUTCOME, G_TYPE,
	G_SERVICE, G_DECLINE, G_CLOSE, G_LEFT, G_TRIGGER, G_TIME, G_LABEL,
	G_MARK /* no unit of a text: only says something about what stands around it */
};

#define CONCEPTS(X) \
	/* glue and politeness */ \
	X(FILLER, "filler", 0, G_NONE) X(GREETING, "greeting", 0, G_NONE) X(THANKS, "thanks", 0, G_NONE) \
	X(PLACE, "place", 0, G_NONE) X(AND, "and", 0, G_NONE) X(FROM, "from", 0, G_NONE) \
	X(UNTIL, "until", 0, G_NONE) X(OF, "of", 0, G_NONE) X(WITH, "with", 0, G_NONE) \
	X(BUT, "but", 1, G_NONE) X(NOT, "not", 8, G_NONE) X(WITHOUT, "without", 8, G_NONE) \
	X(EXCEPT, "except", 9, G_NONE) X(ALL, "all", 6, G_NONE) X(SOME, "some", 6, G_NONE) X(NOBODY, "nobody", 8, G_NONE) \
	X(OTHERWISE, "maybe", 7, G_NONE) X(GIVEN_NAME, "given_name", 2, G_NONE) \
	X(NAME_CUE, "name_cue", 1, G_LABEL) X(WORKED, "other_word", 2, G_NONE) \
	X(COMMON, "common", 2, G_NONE) X(QUESTION, "question", 4, G_NONE) X(ONLY, "only", 0, G_NONE) X(VERB, "verb", 0, G_NONE) \
	/* labels */ \
	X(CLASS_WORD, "class_word", 0, G_LABEL) X(PUPIL_WORD, "pupil_word", 0, G_LABEL) \
	X(NUMBER_LABEL, "number_label", 0, G_LABEL) X(DATE_LABEL, "date_label", 0, G_LABEL) \
	X(ZONE_WORD, "zone_word", 0, G_LABEL) X(SCHOOL_WORD, "school_word", 0, G_LABEL) \
	X(AGE_WORD, "age_word", 1, G_LABEL) X(AGE_LABEL, "age_label", 1, G_LABEL) \
	X(CHILD_WORD, "child_word", 0, G_LABEL) X(DAY_WORD, "day_word", 2, G_LABEL) \
	X(WEEK_WORD, "week_word", 2, G_LABEL) X(PEOPLE_WORD, "people_word", 2, G_LABEL) \
	X(PARENT_WORD, "parent_word", 1, G_LABEL) X(FAMILY_WORD, "family_word", 0, G_LABEL) \
	X(TEACHER_WORD, "teacher_word", 0, G_LABEL) X(ADDRESS_WORD, "address_word", 1, G_LABEL) \
	X(PHONE_WORD, "phone_word", 1, G_LABEL) X(ID_WORD, "id_word", 1, G_LABEL) \
	X(ALERT_WORD, "alert_word", 2, G_LABEL) X(REFERRAL_WORD, "referral_word", 2, G_LABEL) \
	X(COMMUNITY_WORD, "community_word", 1, G_LABEL) X(LAST_WORD, "last_word", 1, G_LABEL) \
	X(HOUR_LABEL, "hour_label", 0, G_LABEL) X(HOUR_WORD, "hour_word", 3, G_LABEL) \
	X(MINUTE_WORD, "minute_word", 3, G_LABEL) X(CLOCK_MARK, "clock_mark", 1, G_LABEL) \
	X(TIMES_WORD, "times_word", 3, G_LABEL) X(TOTAL_LABEL, "total_label", 2, G_LABEL) \
	X(MONTH_WORD, "month_word", 5, G_LABEL) X(AGO, "ago", 0, G_LABEL) X(HENCE, "hence", 0, G_LABEL) \
	/* values with an argument */ \
	X(NUMBER, "number", 3, G_VALUE) X(ORDINAL, "ordinal", 3, G_VALUE) \
	X(WEEKDAY, "weekday", 4, G_VALUE) X(MONTH, "month", 4, G_VALUE) \
	X(AGENCY, "agency", 4, G_VALUE) X(COUNTRY, "country", 3, G_VALUE) \
	/* time */ \
	X(TODAY, "today", 2, G_TIME) X(YESTERDAY, "yesterday", 4, G_TIME) \
	X(DAY_BEFORE, "day_before", 4, G_TIME) X(TOMORROW, "tomorrow", 5, G_TIME) \
	X(LAST_WEEK, "last_week", 4, G_TIME) X(THIS_WEEK, "this_week", 4, G_TIME) \
	X(DAILY, "every_day", 5, G_TIME) X(NEXT, "next", 3, G_TIME) X(DAY_AFTER, "day_after", 5, G_TIME) \
	/* attendance */ \
	X(ABSENCE, "absence", 6, G_TRIGGER) X(ABSENCE_SHORT, "absence_short", 1, G_TRIGGER) \
	X(NOT_COME, "not_come", 6, G_NONE) X(ABSENCES, "absences", 6, G_NONE) X(NO_ABSENCE, "no_absence", 8, G_TRIGGER) X(PRESENT, "present", 6, G_TRIGGER) \
	X(LATE, "late", 5, G_CATEGORY) X(LEFT_EARLY, "left_early", 5, G_CATEGORY) \
	X(EXCUSED, "excused", 5, G_CATEGORY) X(UNEXCUSED, "unexcused", 5, G_CATEGORY) \
	X(SUFFIX_EXCUSED, "suffix_excused", 2, G_NONE) X(SUFFIX_UNEXCUSED, "suffix_unexcused", 2, G_NONE) \
	X(SUFFIX_SICK, "suffix_sick", 2, G_NONE) X(SUFFIX_LATE, "suffix_late", 2, G_NONE) \
	X(SUFFIX_EARLY, "suffix_left_early", 2, G_NONE) \
	X(SICK, "sick", 3, G_REASON) X(ABROAD, "abroad", 4, G_REASON) X(WORK, "work", 4, G_REASON) \
	X(FAMILY_REASON, "family_reason", 2, G_REASON) X(WEATHER, "weather", 2, G_REASON) \
	X(TRANSPORT, "transport", 2, G_REASON) X(NO_CLOTHES, "no_means", 3, G_REASON) \
	X(CAME, "came", 5, G_TRIGGER) X(RETURNED, "return_to_school", 5, G_TRIGGER) \
	X(REPORTED, "reported", 6, G_TRIGGER) X(UNDO, "undo", 6, G_TRIGGER) \
	X(CORRECT, "correction", 5, G_TRIGGER) X(EXCUSE, "excuse", 4, G_TRIGGER) \
	X(LEFT_SCHOOL, "left_school", 5, G_TRIGGER) X(DROPOUT, "dropout", 5, G_LEFT) \
	X(TRANSFERRED, "transferred", 5, G_LEFT) X(MOVED_ABROAD, "moved_abroad", 5, G_LEFT) \
	X(MARRIED, "married", 5, G_LEFT) \
	/* cases */ \
	X(CASE, "case", 4, G_TRIGGER) X(BEGGING, "begging", 6, G_CONCERN) \
	X(LABOUR, "labour", 6, G_CONCERN) X(DRUGS, "drugs", 6, G_CONCERN) \
	X(SEXUAL, "sexual", 6, G_CONCERN) X(TRAFFICKING, "trafficking", 6, G_CONCERN) \
	X(MARRIAGE, "marriage", 6, G_CONCERN) X(STREET, "street", 5, G_CONCERN) \
	X(UNACCOMPANIED, "unaccompanied", 6, G_CONCERN) X(VIOLENCE, "violence", 6, G_CONCERN) \
	X(NEGLECT, "neglect", 6, G_CONCERN) X(CRIME, "crime", 6, G_CONCERN) \
	X(URGENT, "urgent", 3, G_TRIGGER) X(NOW, "now", 1, G_TRIGGER) X(TAKEN, "taken_away", 6, G_TRIGGER) \
	X(ADULT, "with_adult", 2, G_FLAG) X(INFANT, "infant", 2, G_FLAG) \
	X(THIRD_PARTY, "third_party_control", 4, G_FLAG) X(NIGHT, "night", 2, G_FLAG) \
	X(DEBT, "debt", 2, G_FLAG) X(PAPERS, "papers_taken", 3, G_FLAG) \
	X(FEAR, "fear", 2, G_FLAG) X(NO_INCOME, "no_income", 3, G_FLAG) \
	X(UNSAFE, "family_unsafe", 4, G_FLAG) \
	X(SEX_M, "sex_m", 2, G_NONE) X(SEX_F, "sex_f", 2, G_NONE) X(MALE, "male", 2, G_NONE) \
	X(FEMALE, "female", 2, G_NONE) X(MALES, "males", 2, G_NONE) X(FEMALES, "females", 2, G_NONE) \
	X(RISK, "risk", 4, G_TRIGGER) X(HIGH, "high", 3, G_RISK) X(MEDIUM, "medium", 3, G_RISK) \
	X(LOW, "low", 3, G_RISK) X(MERGE, "merge", 5, G_TRIGGER) X(STATUS, "status", 5, G_TRIGGER) \
	X(CASES, "case_list", 5, G_TRIGGER) X(AMEND, "case_amend", 4, G_TRIGGER) \
	X(FOLLOWUP, "followup", 5, G_TRIGGER) X(VISIT, "visit", 4, G_TYPE) X(CALL, "call", 4, G_TYPE) \
	X(OUT_OK, "outcome_ok", 2, G_OUTCOME) X(NOT_HOME, "not_home", 5, G_OUTCOME) \
	X(NOT_FOUND, "not_found", 5, G_OUTCOME) X(MOVED_UNKNOWN, "moved_unknown", 5, G_OUTCOME) \
	X(OUT_BAD, "outcome_bad", 5, G_OUTCOME) X(REFUSED, "refused", 5, G_OUTCOME) \
	X(IN_SCHOOL, "in_school", 3, G_NONE) X(NOT_IN_SCHOOL, "not_in_school", 5, G_NONE) \
	X(PROGRESS, "progress", 5, G_TRIGGER) \
	X(REFER, "refer", 5, G_TRIGGER) X(SEND, "send", 2, G_NONE) X(SHELTER, "shelter", 3, G_SERVICE) \
	X(PARENT_JOB, "parent_job", 3, G_SERVICE) X(COUNSEL, "psychosocial", 3, G_SERVICE) \
	X(HEALTH, "health", 3, G_SERVICE) X(LEGAL, "legal", 3, G_SERVICE) \
	X(EDUCATION, "education", 3, G_SERVICE) X(FOOD, "food", 3, G_SERVICE) \
	X(SOCIAL_AID, "social_aid", 3, G_SERVICE) X(DAY_CENTRE, "day_care", 3, G_SERVICE) \
	X(BORDER, "border_check", 3, G_SERVICE) X(ASSESSMENT, "family_assessment", 3, G_SERVICE) \
	X(DOCUMENTS, "documents", 3, G_SERVICE) \
	X(ACCEPT, "accept", 5, G_TRIGGER) X(DECLINE, "decline", 6, G_TRIGGER) \
	X(NO_CAPACITY, "no_capacity", 4, G_DECLINE) X(MANDATE, "mandate", 4, G_DECLINE) \
	/* work together */ \
	X(OK, "ok", 3, G_TRIGGER) X(TOOK, "took", 4, G_TRIGGER) X(TASK, "task", 4, G_TRIGGER) \
	X(TASKS, "task_list", 5, G_TRIGGER) X(DONE, "done", 4, G_TRIGGER) \
	X(NOT_YET, "not_yet", 7, G_TRIGGER) X(DEFER, "defer", 6, G_TRIGGER) \
	X(MEETING, "meeting", 4, G_TRIGGER) X(COMING, "coming", 4, G_TRIGGER) \
	X(NOT_COMING, "not_coming", 7, G_TRIGGER) X(AGENDA, "agenda", 5, G_TRIGGER) \
	X(ENROL, "enrol", 5, G_TRIGGER) X(CLOSE, "close", 5, G_TRIGGER) \
	X(REOPEN, "reopen", 5, G_TRIGGER) X(REINTEGRATED, "reintegrated", 3, G_CLOSE) \
	X(CLOSED_OTHER, "closed_other", 3, G_CLOSE) X(REPATRIATED, "repatriated", 3, G_CLOSE) \
	X(DEATH, "death", 5, G_CLOSE) X(CLOSED_DONE, "closed_done", 2, G_CLOSE) \
	X(ADULT_NOW, "came_of_age", 3, G_CLOSE) X(ANYWAY, "anyway", 3, G_NONE) \
	X(RETURN_OP, "return", 5, G_TRIGGER) X(ARRIVED, "arrived", 5, G_TRIGGER) \
	X(NOT_ARRIVED, "not_arrived", 7, G_TRIGGER) X(CAMPAIGN, "campaign", 5, G_TRIGGER) \
	/* conversation and safety */ \
	X(YES, "yes", 3, G_TRIGGER) X(NO, "no", 8, G_TRIGGER) X(HELP, "help", 4, G_TRIGGER) \
	X(HOWTO, "how_to", 4, G_TRIGGER) \
	X(LANGUAGE, "lang", 4, G_TRIGGER) X(LANG_SQ, "lang_sq", 3, G_NONE) \
	X(LANG_EN, "lang_en", 3, G_NONE) X(STOP, "stop", 5, G_TRIGGER) \
	X(EMERGENCY, "emergency", 9, G_TRIGGER) X(LOST, "lost_phone", 5, G_TRIGGER) \
	X(LOCK, "lock", 5, G_TRIGGER) X(PIN, "pin", 3, G_TRIGGER) X(CHANGE, "change", 3, G_TRIGGER) \
	X(TIP, "tip", 2, G_TRIGGER) X(AUTO, "auto_reply", 3, G_TRIGGER) X(TEST, "test", 1, G_TRIGGER) \
	/* marks: words that change what a text does, whichever form reads it */ \
	X(Q_HEAD, "question_head", 0, G_MARK) X(Q_WHEN, "question_when", 0, G_MARK) \
	X(Q_VERB, "question_verb", 0, G_MARK) X(Q_PARTICLE, "question_particle", 0, G_MARK) \
	X(FUTURE, "future", 0, G_MARK) X(MAYBE_FUTURE, "perhaps_future", 0, G_MARK) X(SIBLING, "sibling", 0, G_MARK) \
	X(RELATIVE, "relative", 0, G_MARK) X(HERE, "here", 0, G_MARK) X(HAVE, "have", 0, G_MARK) \
	X(HARDLY, "hardly", 0, G_MARK) X(PLAN, "plan", 0, G_MARK) X(STILL, "still", 0, G_MARK) \
	X(MORE, "more_to_say", 0, G_MARK) X(ON_DAY, "on_day", 0, G_MARK) \
	X(BEFORE, "before_event", 0, G_MARK) X(IN_PLACE, "in_place", 0, G_MARK) \
	X(TOWARDS, "towards", 0, G_MARK) X(REPORT_WORD, "report_word", 0, G_MARK) \
	X(UP_TO, "up_to", 0, G_MARK) X(PLURAL_CAME, "plural_came", 0, G_MARK) X(ENDING, "ordinal_ending", 0, G_MARK) X(YES_LETTER, "yes_letter", 0, G_MARK) \
	X(NO_LETTER, "no_letter", 0, G_MARK) X(COME_FORM, "come_form", 0, G_MARK) \
	X(WRONG, "wrong", 0, G_MARK) X(FETCHED, "fetched", 0, G_MARK)

enum concept {
	C_UNKNOWN,
#define X(id, name, weight, group) C_##id,
	CONCEPTS(X)
#undef X
	C_COUNT
};

struct concept_row {
	const char *name;
	unsigned char weight, group;
};
extern const struct concept_row concept_rows[C_COUNT];

const char *concept_name(enum concept c);
/* Asked for each word of each form: read where they stand. */
static inline int concept_weight(enum concept c)
{
	return concept_rows[c].weight;
}
static inline enum concept_group concept_group(enum concept c)
{
	return (enum concept_group)concept_rows[c].group;
}
enum concept concept_from_name(const char *name, unsigned long len); /* C_UNKNOWN when there is none */
#endif
