/* link.c - see link.h.  The only file that includes gammu.h.
 *
 * Written for libgammu 1.42.  What is avoided and why: GSM_LinkSMS joins parts of different
 * senders; DecodeUnicodeString has one static buffer; GSM_MultiSMSMessage is 266 KB and so lives on
 * the heap; CNMI 2,2 delivers without storing; its own callback for a new message loses the
 * memory's name, so the notice is read from the log.
 */
#include "gateway/modem/link.h"
#include <errno.h>
#include <fcntl.h>
#include <gammu.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "gateway/hub/wire.h"
#include "gateway/modem/mono.h"
#include "gateway/modem/rawat.h"
#include "parser/ucs2.h"

#define FOLDER_STEP 100000 /* libgammu's flat location: (folder - 1) * step + index */
#define DEBUG_ON "errors" /* all of "text" but its dumps, octet by octet, of what goes over the line */
#define STATE_MS 3000
#define DELETE_MS 5000 /* as libgammu waits */
#define REPORT_HEX 28 /* digits of the shortest STATUS-REPORT, with a centre of no octets */
#define CMS_INVALID_INDEX 321 /* 3GPP TS 27.005 3.2.5 */
#define CNMI_MAX 32
#define FDS_LOOKED_AT 32 /* more than the process may have */

struct link {
	GSM_StateMachine *s;
	GSM_MultiSMSMessage *list; /* GetNextSMS finds its place by the location in here */
	struct capture capture;
	int fd;
	bool notifies;
	bool sim; /* the SIM has a memory of its own */
	bool counts_from_0;
	enum link_sent sent;
	int sent_code, sent_mr;
	bool resyncing;
	char selected[4]; /* the memory that libgammu's last call left selected, "" = not known */
	bool puzzled;
	char cnmi[CNMI_MAX]; /* how new messages are announced, as it was set up */
	unsigned char smsc[(GSM_MAX_NUMBER_LENGTH + 1) * 2]; /* UTF-16BE */
};

/* ---- callbacks: they only take notes -----------------------------------------------------------
 */

static void on_log(const char *text, void *data)
{
	struct link *l = data;

	capture_log(&l->capture, text);
}

static void on_sent(GSM_StateMachine *s, int status, int mr, void *data)
{
	struct link *l = data;

	(void)s;
	/* libgammu takes the OK of the resync's AT for the end of the send; only a reference, or a
	 * code, then speaks of the message. */
	if (l->resyncing && mr < 0 && status <= 0)
		return;
	l->sent = status == 0 ? LINK_SENT : LINK_NOT_SENT;
	l->sent_code = status > 0 ? status : 0;
	l->sent_mr = mr;
}

/* ---- errors ------------------------------------------------------------------------------------
 */

/* The enum has a hundred members; only what changes our next step is told apart. */
static int result(GSM_Error e)
{
	if (e == ERR_NONE)
		return LINK_OK;
	if (e == ERR_EMPTY)
		return LINK_EMPTY;
	if (e == ERR_TIMEOUT)
		return LINK_TIMEOUT;
	if (e == ERR_DEVICEWRITEERROR || e == ERR_DEVICEREADERROR || e == ERR_DEVICENOTEXIST ||
	    e == ERR_DEVICENOTWORK || e == ERR_NOTCONNECTED)
		return LINK_GONE;
	if (e == ERR_SECURITYERROR || e == ERR_NOSIM || e == ERR_NOTSUPPORTED ||
	    e == ERR_PHONEOFF || e == ERR_PERMISSION || e == ERR_PHONE_INTERNAL ||
	    e == ERR_NETWORK_ERROR)
		return LINK_REFUSED;
	return LINK_FAIL;
}

/* Before each call: what it answers is noted anew, and which memory it leaves selected is its affair. */
static void arm(struct link *l)
{
	capture_arm(&l->capture);
	l->selected[0] = '\0';
}

int link_code(const struct link *l)
{
	return l->sent_code ? l->sent_code : l->capture.error_code;
}

/* ---- opening -----------------------------------------------------------------------------------
 */

static void set_features(GSM_Config *cfg, const char *names)
{
	int n = 0;

	while (*names && n < GSM_MAX_PHONE_FEATURES) {
		char name[64];
		size_t len = strcspn(names, ", ");
		if (len && len < sizeof(name)) {
			memcpy(name, names, len);
			name[len] = '\0';
			GSM_Feature f = GSM_FeatureFromString(name);
			if (f != 0)
				cfg->PhoneFeatures[n++] = f;
		}
		names += len + (names[len] != '\0');
	}
	cfg->PhoneFeatures[n] = 0;
}

/* libgammu frees and writes into these strings, hence strdup. */
static bool configure(struct link *l, const struct modem_settings *s)
{
	GSM_Config *cfg = GSM_GetConfig(l->s, 0);

	if (!cfg)
		return false;
	memset(cfg, 0, sizeof(*cfg));
	cfg->Device = strdup(s->device);
	cfg->Connection = strdup(s->connection);
	cfg->DebugFile = strdup("");
	if (!cfg->Device || !cfg->Connection || !cfg->DebugFile)
		return false;
	snprintf(cfg->Model, sizeof(cfg->Model), "%s", s->model);
	snprintf(cfg->DebugLevel, sizeof(cfg->DebugLevel), "%s", DEBUG_ON);
	set_features(cfg, s->features);
	/* The broadcast column is left to it: told 0, 1.42 takes the whole command for unsupported.
	 */
	const int cnmi[5] = {2, 1, -1, s->reports ? 1 : 0, -1};
	memcpy(cfg->CNMIParams, cnmi, sizeof(cnmi));
	GSM_SetConfigNum(l->s, 1);
	return true;
}

/* By looking at each: /proc is not open to a confined process. */
static int find_fd(const char *device)
{
	struct stat dev, st;

	if (stat(device, &dev) != 0)
		return -1;
	for (int fd = WIRE_FD + 1; fd < FDS_LOOKED_AT; fd++)
		if (fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == dev.st_rdev)
			return fd;
	return -1;
}

/* Init clears the callbacks, so they are set after it. */
static void set_callbacks(struct link *l)
{
	GSM_Debug_Info *di = GSM_GetDebug(l->s);

	GSM_SetDebugGlobal(FALSE, di);
	GSM_SetDebugFunction(on_log, l, di);
	GSM_SetDebugLevel(DEBUG_ON, di);
	GSM_SetSendSMSStatusCallback(l->s, on_sent, l);
}

static const char *start(struct link *l, const struct modem_settings *s)
{
	GSM_SMSMemoryStatus st;

	GSM_Error e = GSM_InitConnection_Log(l->s, 1, on_log, l);
	if (e != ERR_NONE)
		return GSM_ErrorString(e);
	set_callbacks(l);
	l->fd = find_fd(s->device);
	if (l->fd < 0)
		return "the device is not among our descriptors";
	fcntl(l->fd, F_SETFD, FD_CLOEXEC);
	l->counts_from_0 = GSM_IsPhoneFeatureAvailable(GSM_GetModelInfo(l->s), F_SMS_LOCATION_0);
	memset(&st, 0, sizeof(st));
	e = GSM_GetSMSStatus(l->s, &st);
	if (e == ERR_TIMEOUT)
		return "set-up: no answer about memories";
	l->sim = e == ERR_NONE && st.SIMSize > 0;
	/* A modem that will not tell is swept: 1.42 refuses some whose broadcast range it misreads.
	 */
	l->notifies = GSM_SetIncomingSMS(l->s, TRUE) == ERR_NONE;
	return NULL;
}

struct link *link_open(const struct modem_settings *s, const char **why)
{
	struct link *l = calloc(1, sizeof(*l));

	*why = "out of memory";
	if (!l)
		return NULL;
	l->fd = -1;
	l->list = calloc(1, sizeof(*l->list));
	l->s = GSM_AllocStateMachine();
	if (l->list && l->s && configure(l, s))
		*why = start(l, s);
	if (*why) {
		link_close(l, true);
		return NULL;
	}
	for (size_t i = 0; s->smsc[i]; i++)
		l->smsc[2 * i + 1] = (unsigned char)s->smsc[i];
	return l;
}

void link_close(struct link *l, bool gone)
{
	if (!l)
		return;
	if (l->s && !gone)
		GSM_TerminateConnection(l->s);
	if (l->s)
		GSM_FreeStateMachine(l->s); /* says nothing to the modem */
	free(l->list);
	free(l);
}

int link_fd(const struct link *l)
{
	return l->fd;
}

const char *link_version(void)
{
	return GetGammuVersion();
}

bool link_counts_from_0(const struct link *l)
{
	return l->counts_from_0;
}

bool link_notifies(const struct link *l)
{
	return l->notifies;
}

/* ---- events ------------------------------------------------------------------------------------
 */

int link_poll(struct link *l)
{
	return GSM_ReadDevice(l->s, FALSE) < 0 ? LINK_GONE : LINK_OK;
}

bool link_noticed(const struct link *l)
{
	return l->capture.n_notices > 0;
}

bool link_notice(struct link *l, struct capture_notice *out)
{
	return capture_notice(&l->capture, out);
}

bool link_report(struct link *l, struct capture_pdu *out)
{
	return capture_report(&l->capture, out);
}

/* ---- reading -----------------------------------------------------------------------------------
 */

static void to_utf8(const unsigned char *utf16, size_t units, char *out, size_t max)
{
	/* Longer than max: "" is better than half a text, since it only serves to compare. */
	if (ucs2_decode(utf16, units * 2, out, max) < 0)
		out[0] = '\0';
}

static void view(const GSM_SMSMessage *sms, struct link_message *out)
{
	size_t units = UnicodeLength(sms->Number);

	to_utf8(sms->Number, units, out->sender, sizeof(out->sender));
	out->text[0] = '\0';
	if (sms->Coding == SMS_Coding_8bit || sms->PDU == SMS_Status_Report)
		return;
	units = sms->Length > 0 && sms->Length <= GSM_MAX_SMS_LENGTH ? (size_t)sms->Length : 0;
	to_utf8(sms->Text, units, out->text, sizeof(out->text));
}

static void place(const struct link *l, const GSM_SMSMessage *sms, struct link_message *out)
{
	int index = sms->Location % FOLDER_STEP - (l->counts_from_0 ? 1 : 0);
	bool me = sms->Location >= FOLDER_STEP || !l->sim;

	out->location = sms->Location;
	out->place = index > 0 ? (uint32_t)index : 0;
	snprintf(out->memory, sizeof(out->memory), "%s", me ? "ME" : "SM");
}

/* No octets could be captured: make a DELIVER of libgammu's fields, so that the text is not lost.
 */
static bool rebuild(const GSM_SMSMessage *sms, struct link_message *out)
{
	struct tpdu base = {.kind = TPDU_DELIVER, .port = -1, .validity = -1}, part;

	if (sms->PDU != SMS_Deliver || strlen(out->sender) >= sizeof(base.address))
		return false;
	memcpy(base.address, out->sender, strlen(out->sender) + 1);
	base.alphanumeric = base.address[strspn(base.address, "+0123456789*#abc")] != '\0';
	if (tpdu_split(&base, out->text, strlen(out->text), 0, &part, 1) != 1)
		return false;
	if (sms->UDH.Type != UDH_NoUDH && sms->UDH.Length > 0 && sms->UDH.Length <= 140) {
		memcpy(part.udh, sms->UDH.Text, (size_t)sms->UDH.Length);
		part.udh_len = (uint8_t)sms->UDH.Length;
	}
	int n = tpdu_encode(&part, out->octets, sizeof(out->octets));
	out->len = n > 0 ? (size_t)n : 0;
	return n > 0;
}

static int deliver(struct link *l, GSM_Error e, struct link_message *out)
{
	const GSM_SMSMessage *sms = &l->list->SMS[0];

	place(l, sms, out);
	out->sender[0] = out->text[0] = '\0';
	if (e == ERR_NONE)
		view(sms, out);
	out->rebuilt = !l->capture.have || !l->capture.pdu.hex;
	if (l->capture
		.have) { /* a decoding error of libgammu's does not matter: we have the octets */
		memcpy(out->octets, l->capture.pdu.octets, l->capture.pdu.len);
		out->len = l->capture.pdu.len;
		return LINK_OK;
	}
	return e == ERR_NONE && rebuild(sms, out) ? LINK_OK : LINK_UNREAD;
}

int link_next(struct link *l, bool first, struct link_message *out)
{
	int before = first ? -1 : l->list->SMS[0].Location;

	arm(l);
	GSM_Error e = GSM_GetNextSMS(l->s, l->list, first);
	int rc = result(e);
	if (rc == LINK_OK)
		return deliver(l, e, out);
	/* The place moved on: one message is at fault, not the listing. */
	bool moved = l->list->SMS[0].Location > 0 && l->list->SMS[0].Location != before;
	if (moved && l->capture.have)
		return deliver(l, e, out);
	if (rc != LINK_FAIL || !moved)
		return rc;
	place(l, &l->list->SMS[0], out);
	return LINK_UNREAD;
}

int link_read(struct link *l, const struct capture_notice *where, struct link_message *out)
{
	GSM_SMSMessage *sms = &l->list->SMS[0];
	bool me = strcmp(where->memory, "ME") == 0;

	arm(l);
	memset(sms, 0, sizeof(*sms));
	int location =
	    (me && l->sim ? FOLDER_STEP : 0) + (int)where->place + (l->counts_from_0 ? 1 : 0);
	sms->Location = location;
	GSM_Error e = GSM_GetSMS(l->s, l->list);
	if (e == ERR_INVALIDLOCATION)
		return LINK_EMPTY;
	int rc = result(e);
	if (rc != LINK_OK && !l->capture.have)
		return rc;
	sms->Location = location; /* what was asked for, whatever the answer left here */
	return deliver(l, e, out);
}

/* ---- sending -----------------------------------------------------------------------------------
 */

int link_smsc(struct link *l)
{
	GSM_SMSC smsc;

	if (UnicodeLength(l->smsc) > 0)
		return LINK_OK;
	memset(&smsc, 0, sizeof(smsc));
	smsc.Location = 1;
	arm(l);
	int rc = result(GSM_GetSMSC(l->s, &smsc));
	if (rc == LINK_OK)
		memcpy(l->smsc, smsc.Number, sizeof(l->smsc));
	return rc;
}

static bool set_text(GSM_SMSMessage *sms, const struct tpdu *t)
{
	switch (t->alphabet) {
	case TPDU_GSM7: {
		long n = ucs2_encode(t->text, t->text_len, sms->Text, sizeof(sms->Text) - 2);
		sms->Coding = SMS_Coding_Default_No_Compression;
		sms->Length = (int)(n / 2);
		return n >= 0;
	}
	case TPDU_UCS2:
		memcpy(sms->Text, t->data, t->data_len);
		sms->Coding = SMS_Coding_Unicode_No_Compression;
		sms->Length = t->data_len / 2;
		return true;
	case TPDU_8BIT:
		memcpy(sms->Text, t->data, t->data_len);
		sms->Coding = SMS_Coding_8bit;
		sms->Length = t->data_len;
		return true;
	}
	return false;
}

static bool fill(const struct link *l, const struct tpdu *t, bool report, GSM_SMSMessage *sms)
{
	GSM_SetDefaultSMSData(sms);
	sms->PDU = report ? SMS_Status_Report : SMS_Submit;
	sms->SMSC.Location = 0;
	memcpy(sms->SMSC.Number, l->smsc, sizeof(sms->SMSC.Number));
	sms->SMSC.Validity.Format = SMS_Validity_RelativeFormat;
	sms->SMSC.Validity.Relative =
	    t->validity >= 0 ? (GSM_ValidityPeriod)t->validity : SMS_VALID_Max_Time;
	sms->Class = t->flash ? 0 : -1;
	long n = ucs2_encode(t->address, strlen(t->address), sms->Number, sizeof(sms->Number) - 2);
	if (n <= 0)
		return false;
	sms->Number[n] = sms->Number[n + 1] = 0;
	if (t->udh_len) {
		sms->UDH.Type = UDH_UserUDH;
		sms->UDH.Length = t->udh_len;
		memcpy(sms->UDH.Text, t->udh, t->udh_len);
	}
	return set_text(sms, t);
}

int link_send(struct link *l, const struct tpdu *t, bool report)
{
	GSM_SMSMessage *sms = calloc(1, sizeof(*sms));

	l->sent = LINK_WAITING;
	l->sent_code = 0;
	if (!sms || !fill(l, t, report, sms)) {
		free(sms);
		return LINK_FAIL;
	}
	arm(l);
	GSM_Error e = GSM_SendSMS(l->s, sms);
	free(sms);
	return result(e);
}

enum link_sent link_sent(const struct link *l, uint8_t *mr, int *code)
{
	*mr = l->sent_mr >= 0 ? (uint8_t)l->sent_mr : 0;
	*code = l->sent_code;
	return l->sent;
}

static int resync(struct link *l, int ms)
{
	int64_t deadline = mono_ms() + ms;
	int rc = LINK_OK;

	arm(l);
	ssize_t n = write(l->fd, "AT\r", 3); /* the descriptor is non-blocking */
	if (n < 0 && errno != EAGAIN)
		return LINK_GONE;
	while (rc == LINK_OK && !l->capture.ok) {
		struct pollfd p = {l->fd, POLLIN, 0};
		int left = mono_left(deadline);
		if (left == 0)
			return LINK_TIMEOUT;
		if (poll(&p, 1, left) == 1)
			rc = p.revents & POLLIN ? link_poll(l) : LINK_GONE;
	}
	return rc;
}

int link_resync(struct link *l, int ms)
{
	l->resyncing = true;
	int rc = resync(l, ms);
	l->resyncing = false;
	return rc;
}

/* ---- state -------------------------------------------------------------------------------------
 */

int link_usage(struct link *l, struct link_usage *out)
{
	GSM_SMSMemoryStatus st;

	memset(&st, 0, sizeof(st));
	arm(l);
	int rc = result(GSM_GetSMSStatus(l->s, &st));
	*out = (struct link_usage){st.SIMUsed, st.SIMSize, st.PhoneUsed, st.PhoneSize};
	return rc;
}

int link_signal(struct link *l, int *percent)
{
	GSM_SignalQuality q = {-1, -1, -1};

	arm(l);
	int rc = result(GSM_GetSignalQuality(l->s, &q));
	*percent = q.SignalPercent;
	return rc;
}

struct raw {
	struct link *link;
	link_line_fn *fn;
	void *arg;
};

static void raw_line(void *arg, const char *line, size_t len)
{
	const struct raw *r = arg;

	(void)len;
	capture_text(&r->link->capture, line);
	capture_text(&r->link->capture, "\n");
	if (r->fn)
		r->fn(r->arg, line);
}

static int raw_result(int rc)
{
	return rc == RAWAT_OK	     ? LINK_OK
	       : rc == RAWAT_GONE    ? LINK_GONE
	       : rc == RAWAT_TIMEOUT ? LINK_TIMEOUT
				     : LINK_REFUSED;
}

int link_raw(struct link *l, const char *cmd, int ms, link_line_fn *fn, void *arg)
{
	struct rawat r = {.fd = l->fd};
	struct raw to = {l, fn, arg};

	arm(l);
	int rc = raw_result(rawat_command(&r, cmd, ms, raw_line, &to));
	if (rc == LINK_REFUSED)
		l->capture.error_code = r.code;
	return rc;
}

int link_line(struct link *l, int64_t deadline, char *out, size_t max)
{
	struct rawat r = {.fd = l->fd};
	struct raw to = {l, NULL, NULL};

	out[0] = '\0';
	int rc = raw_result(rawat_line(&r, deadline));
	if (rc != LINK_OK)
		return rc;
	raw_line(&to, r.line, r.used);
	snprintf(out, max, "%s", r.line);
	return LINK_OK;
}

/* ---- deleting ---------------------------------------------------------------------------------- */

/* libgammu may have read the first half of a notice, and then the other half comes here. */
static void puzzle(void *arg, const char *line)
{
	static const char *const known[] = {"AT", "OK", "ERROR", "+", "^", "RING"};
	bool *puzzled = arg;

	size_t hex = strspn(line, "0123456789ABCDEFabcdef");

	if (line[hex] == '\0' && hex >= REPORT_HEX) /* the octets of a report */
		return;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strncmp(line, known[i], strlen(known[i])) == 0)
			return;
	*puzzled = true;
}

/* libgammu selects the memory, reads the message once more, and then deletes it. */
static int delete_selecting(struct link *l, const char *memory, int location)
{
	GSM_SMSMessage sms;

	memset(&sms, 0, sizeof(sms)); /* Folder 0: flat location.  Memory 0: no needless AT+CPMS */
	sms.Location = location;
	arm(l);
	GSM_Error e = GSM_DeleteSMS(l->s, &sms);
	int rc = e == ERR_EMPTY || e == ERR_INVALIDLOCATION ? LINK_OK : result(e);
	if (rc == LINK_OK)
		snprintf(l->selected, sizeof(l->selected), "%s", memory);
	return rc;
}

/* So the first of a memory is its, and while it selects no other the rest are one command each: half of
 * what libgammu says to the modem, and none of its log. */
int link_delete(struct link *l, const char *memory, uint32_t place, int location)
{
	char cmd[32], selected[sizeof(l->selected)];

	if (strcmp(l->selected, memory) != 0)
		return delete_selecting(l, memory, location);
	memcpy(selected, l->selected, sizeof(selected));
	snprintf(cmd, sizeof(cmd), "AT+CMGD=%u", place);
	int rc = link_raw(l, cmd, DELETE_MS, puzzle, &l->puzzled);
	if (rc == LINK_OK) /* this command selects none; one that failed may have met a modem that restarted */
		memcpy(l->selected, selected, sizeof(selected));
	return rc == LINK_REFUSED && l->capture.error_code == CMS_INVALID_INDEX ? LINK_OK : rc;
}

bool link_puzzled(struct link *l)
{
	bool yes = l->puzzled;

	l->puzzled = false;
	return yes;
}

/* ---- network ----------------------------------------------------------------------------------- */

struct stat_line {
	const char *prefix;
	int stat;
};

/* +CREG: 2,1,"1A2B","C3D4" - the setting, then the state.  A report that comes of itself has the
 * state first and no comma, or a quoted area, behind it. */
static void registration_line(void *arg, const char *line)
{
	struct stat_line *s = arg;
	size_t n = strlen(s->prefix);
	char *end;

	if (strncmp(line, s->prefix, n) != 0)
		return;
	long v = strtol(line + n, &end, 10);
	if (end[0] == ',' && end[1] >= '0' && end[1] <= '9')
		v = strtol(end + 1, NULL, 10);
	s->stat = v >= 0 && v <= 10 ? (int)v : -1;
}

static const char *registration_name(int stat)
{
	/* 3GPP TS 27.007 7.2; 6, 7: for SMS only; 8: emergency calls only */
	static const char *const names[] = {"none",    "home", "searching", "denied", "unknown",
					    "roaming", "home", "roaming",   "none",   "home",
					    "roaming"};

	return stat < 0 ? "unknown" : names[stat];
}

int link_network(struct link *l, const char **registration)
{
	struct stat_line gsm = {"+CREG:", -1}, lte = {"+CEREG:", -1};

	int rc = link_raw(l, "AT+CREG?", STATE_MS, registration_line, &gsm);
	if (rc == LINK_OK && gsm.stat != 1 && gsm.stat != 5) /* it may be on a 4G network alone */
		rc = link_raw(l, "AT+CEREG?", STATE_MS, registration_line, &lte);
	if (rc == LINK_REFUSED)
		rc = LINK_OK;
	*registration = registration_name(lte.stat == 1 || lte.stat == 5 ? lte.stat : gsm.stat);
	return rc;
}

static void cnmi_line(void *arg, const char *line)
{
	char *out = arg;

	if (strncmp(line, "+CNMI:", 6) == 0)
		snprintf(out, CNMI_MAX, "%s", line + 6 + strspn(line + 6, " "));
}

int link_settled(struct link *l)
{
	char now[CNMI_MAX] = "";

	int rc = link_raw(l, "AT+CNMI?", STATE_MS, cnmi_line, now);
	if (rc != LINK_OK)
		return rc == LINK_REFUSED ? LINK_OK : rc; /* it does not tell: there is the sweep */
	if (!l->cnmi[0])
		memcpy(l->cnmi, now, sizeof(now));
	return strcmp(l->cnmi, now) == 0 ? LINK_OK : LINK_FAIL;
}

static void csca_line(void *arg, const char *line)
{
	bool *none = arg;

	if (strncmp(line, "+CSCA:", 6) == 0)
		*none = strstr(line, "\"\"") != NULL;
}

unsigned link_cusd(const struct link *l)
{
	return l->capture.cusd;
}

bool link_has_smsc(struct link *l)
{
	bool none = false;

	link_raw(l, "AT+CSCA?", STATE_MS, csca_line, &none);
	return !none;
}

const char *link_cnmi(const struct link *l)
{
	return l->cnmi;
}

int link_radio(struct link *l, bool on)
{
	arm(l);
	return result(GSM_SetPower(l->s, on ? TRUE : FALSE));
}
