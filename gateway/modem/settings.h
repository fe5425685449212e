/* settings.h - what the hub tells a modem worker in its first frame.
 *
 * Pure: pairs in, a checked struct out.  Names and units (all values are text in the frame):
 *   device      path of the serial device; required
 *   connection  libgammu's connection name, default "at115200"
 *   model       libgammu's model name, or "" to let it ask; "at" skips one of two set-up passes
 *   features    libgammu feature names, split by commas, or ""
 *   smsc        service centre in E.164, or "" to read it from the SIM
 *   pin         SIM PIN, or ""; it is tried once, and only when the modem asks for one
 *   sweep       seconds between full listings of the memories, 1..3600, default 30
 *   gap_ms      longest pause libgammu may make between steps of a send, 0..1000, default 30
 *   credit      segments offered and not yet acknowledged, 1..64, default 32
 *   status      seconds between looks at signal and registration, 5..3600, default 60
 *   ping_ms     how long a modem may stay mute at the start, 500..5000, default 4000
 *   wait_ms     how long a mute modem is listened to before the worker gives up, 0..600000,
 *               default 0
 *   call_ms     longest call of libgammu (a listing), others in proportion, 1000..120000,
 *               default 60000
 *   network_ms  without network for so long: radio off and on, 1000..3600000, default 180000
 *   reset       1 = restart the modem (AT+CFUN=1,1) first, default 0
 *   withheld    1 = a PIN is configured and was refused before: it is not given, default 0
 *   send_ms     how long a part may wait for its outcome, 1000..180000, default 90000; a dialled code too,
 *               but no longer than 40000
 *   reports     1 = have delivery reports routed to us, default 1
 *   safe        1 = empty the memories without libgammu first, default 0
 */
#ifndef GATEWAY_MODEM_SETTINGS_H
#define GATEWAY_MODEM_SETTINGS_H
#include <stdbool.h>
#include "gateway/hub/wire.h"

struct modem_settings {
	char device[128];
	char connection[32];
	char model[50];
	char features[256];
	char smsc[24];
	char pin[12];
	int sweep_s, status_s;
	int gap_ms, ping_ms, send_ms;
	int wait_ms, call_ms, network_ms;
	int credit;
	bool reports, safe, reset, withheld;
};

/* 0, or -1 with *why naming the setting at fault (static text). */
int settings_read(const struct wire_pairs *pairs, struct modem_settings *out, const char **why);
#endif
