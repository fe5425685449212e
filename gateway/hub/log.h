/* log.h - one line an outcome, id first, key=value; numbers masked here, not at the callers.
 *
 * Under systemd (JOURNAL_STREAM) lines carry a priority prefix; else a time.  Any run of 7 digits or
 * more is masked unless `log.private = true`; texts are never given to the logger.  Only gateway/
 * logs.
 */
#ifndef GATEWAY_HUB_LOG_H
#define GATEWAY_HUB_LOG_H
#include <stdbool.h>
#include <stddef.h>

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };
void log_setup(enum log_level level, bool private_clear, bool to_journal);
bool log_level_from(const char *name, enum log_level *out);
void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* While held, lines that are no warning are gathered and written together, a few KB at a time: a turn of
 * many texts has as many lines.  false writes what is left. */
void log_hold(bool on);
/* Masks digit runs in place: "+355691000001" becomes "+355*****0001". */
void log_mask(char *s);
#endif
