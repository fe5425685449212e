/* dhis2.h - how what we count of attendance is named for DHIS2: codes of ours, or what report.dhis2.map says
 * of them.  Reports at the shell and those sent to agencies take their names here.  Pure. */
#ifndef CONFIG_DHIS2_H
#define CONFIG_DHIS2_H
#include "config/config.h"

#define DHIS2_CODE 32
#define DHIS2_PERIOD 12

enum dhis2_element {
	DHIS2_ENROLLED, DHIS2_PRESENT, DHIS2_EXCUSED, DHIS2_UNEXCUSED, DHIS2_TARDY, DHIS2_EARLY,
	DHIS2_DAYS_REPORTED, DHIS2_DAYS_SCHOOL, DHIS2_ELEMENTS
};
const char *dhis2_key(int element); /* as a mandate's keys name it: "att_enrolled" */
/* What a code of ours is called there: the map's uid, else the code itself. */
const char *dhis2_name(const struct config *cf, const char *code);
/* Of a data element, "ATT_ENROLLED" or its uid; code holds the former. */
const char *dhis2_element(const struct config *cf, int element, char code[DHIS2_CODE]);
bool dhis2_by_school(const struct config *cf); /* its units are schools, not classes */
/* The code of a unit: "SH1_5A", "SH1". */
void dhis2_unit(const struct config *cf, const char *school, const char *class_name, char code[DHIS2_CODE]);
/* The period a day (ISO) lies in, of the week of that name: "20261118", "2026W47", "202611". */
void dhis2_period(const struct config *cf, const char *day, const char *week, char out[DHIS2_PERIOD]);
#endif
