/* at_info.c - see at_info.h. */
#include "tests/sim/modem/at_info.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define IMEI "490154203237518" /* a printed example; the check digit is right */
#define IMSI "001010123456789" /* country 001, network 01: set aside for tests */
#define PUK "12345678"

/* libgammu's table of models says which of these number their memories from 0 and pack USSD. */
static const struct at_model models[] = {
    {"generic", "SimModem", "SM1", "SM1 1.0", 1, false, false},
    {"SIM800", "SIMCOM_Ltd", "SIMCOM_SIM800", "Revision:1418B04SIM800", 1, false, false},
    {"E173", "huawei", "E173", "11.126.16.04.00", 0, true, true},
    {"E303", "huawei", "E303", "11.126.16.04.00", 0, true, true},
    {"E3531", "huawei", "E3531", "21.318.27.00.00", 0, true, true},
};

const struct at_model *at_info_model(const char *name)
{
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++)
		if (strcasecmp(models[i].name, name) == 0)
			return &models[i];
	return NULL;
}

const char *at_info_models(void)
{
	return "generic SIM800 E173 E303 E3531";
}

void at_info_power(struct at *at)
{
	at->echo = true;
	at->cmee = 0;
	memset(at->cnmi, 0, sizeof(at->cnmi));
	at->csms = at->cmms = at->creg_n = at->cgreg_n = at->cops_format = at->cusd_n = 0;
	at->function = 1;
	at->charset = CHARSET_GSM;
	at->memory[0] = at->memory[1] = at->memory[2] = STORE_SM;
	at->registration_told = at_registration(at);
	at->pin_done = false;
	at->ussd_session[0] = '\0';
	at->ussd_pending.active = false;
}

/* ---- identity -------------------------------------------------------------------------------- */

static int tell(struct at *at, enum at_op op, const char *prefix, const char *text)
{
	if (op == AT_SET)
		return AT_ERROR;
	if (op != AT_TEST)
		at_info(at, "%s%s", prefix, text);
	return AT_OK;
}

static int do_cgmi(struct at *at, enum at_op op, const char *args)
{
	(void)args;
	return tell(at, op, "", at->model->manufacturer);
}

static int do_cgmm(struct at *at, enum at_op op, const char *args)
{
	(void)args;
	return tell(at, op, "", at->model->model);
}

static int do_cgmr(struct at *at, enum at_op op, const char *args)
{
	(void)args;
	return tell(at, op, "", at->model->revision);
}

static int do_cgsn(struct at *at, enum at_op op, const char *args)
{
	(void)args;
	return tell(at, op, "", IMEI);
}

static int do_cimi(struct at *at, enum at_op op, const char *args)
{
	(void)args;
	return tell(at, op, "", IMSI);
}

static int do_gcap(struct at *at, enum at_op op, const char *args)
{
	(void)args;
	return tell(at, op, "+GCAP: ", "+CGSM,+DS,+ES");
}

int at_info_basic(struct at *at, char letter, long value)
{
	switch (letter) {
	case 'E':
		at->echo = value != 0;
		return value == 0 || value == 1 ? AT_OK : AT_ERROR;
	case 'I':
		at_info(at, "Manufacturer: %s", at->model->manufacturer);
		at_info(at, "Model: %s", at->model->model);
		at_info(at, "Revision: %s", at->model->revision);
		at_info(at, "IMEI: %s", IMEI);
		at_info(at, "+GCAP: +CGSM,+DS,+ES");
		return AT_OK;
	case 'D':
		return AT_NO_CARRIER;
	case 'Z':
	case '&': /* AT&F and its like: only the echo is a setting a TE can see here */
	case 'H':
	case 'Q':
	case 'V':
	case 'X':
	case 'S':
	case 'L':
	case 'M':
		return AT_OK;
	default:
		return AT_ERROR;
	}
}

/* ---- SIM ------------------------------------------------------------------------------------- */

void at_info_lock(struct at *at)
{
	const struct fault *f = at->fault;
	at->pin_tries = f->sim == FAULT_SIM_PUK ? 0 : 3;
	at->pin_done = f->sim == FAULT_SIM_NONE;
	if (f->sim == FAULT_SIM_PIN)
		memcpy(at->pin, f->pin, sizeof(at->pin));
	else if (f->sim == FAULT_SIM_PIN_REFUSED || f->sim == FAULT_SIM_PUK)
		memcpy(at->pin, "?", 2); /* no digits equal it */
	else
		memcpy(at->pin, at->pin_setup, sizeof(at->pin));
}

static int unblock(struct at *at, const char *puk, const char *pin)
{
	size_t n = strlen(pin);
	if (strcmp(puk, PUK) != 0 || n < 4 || n >= sizeof(at->pin))
		return AT_CME + 16;
	memcpy(at->pin, pin, n + 1);
	at->pin_tries = 3;
	at->pin_done = true;
	return AT_OK;
}

static int enter(struct at *at, const char *args)
{
	char code[16], fresh[16];
	if (at_arg_string(&args, code, sizeof(code)) != 1)
		return AT_CME + 16;
	int more = at_arg_string(&args, fresh, sizeof(fresh));
	enum at_sim state = at_sim_state(at);
	if (state == SIM_MISSING)
		return AT_CME + 10;
	if (state == SIM_READY)
		return AT_CME + 3;
	at->counts.pin_attempts++;
	event_number(at->events, "pin", "attempt", (long long)at->counts.pin_attempts);
	if (state == SIM_PUK)
		return more == 1 ? unblock(at, code, fresh) : AT_CME + 12;
	if (strcmp(code, at->pin) != 0) {
		at->pin_tries--;
		return AT_CME + (at->pin_tries > 0 ? 16 : 12);
	}
	at->pin_done = true;
	at->pin_tries = 3;
	return AT_OK;
}

static int do_cpin(struct at *at, enum at_op op, const char *args)
{
	if (op == AT_SET)
		return enter(at, args);
	if (op == AT_TEST)
		return AT_OK;
	switch (at_sim_state(at)) {
	case SIM_MISSING:
		return AT_CME + 10;
	case SIM_PIN:
		at_info(at, "+CPIN: SIM PIN");
		break;
	case SIM_PUK:
		at_info(at, "+CPIN: SIM PUK");
		break;
	case SIM_READY:
		at_info(at, "+CPIN: READY");
		break;
	}
	return AT_OK;
}

/* ---- network --------------------------------------------------------------------------------- */

static int registration(struct at *at, enum at_op op, const char *args, const char *name, int *n)
{
	long wanted = 0;
	if (op == AT_TEST) {
		at_info(at, "%s: (0-2)", name);
	} else if (op == AT_READ) {
		int stat = at_registration(at);
		if (*n == 2 && (stat == 1 || stat == 5))
			at_info(at, "%s: 2,%d,\"1A2B\",\"C3D4\"", name, stat);
		else
			at_info(at, "%s: %d,%d", name, *n, stat);
	} else {
		if (op != AT_SET || at_arg_number(&args, &wanted) != 1 || wanted < 0 || wanted > 2)
			return AT_ERROR;
		*n = (int)wanted;
	}
	return AT_OK;
}

static int do_creg(struct at *at, enum at_op op, const char *args)
{
	return registration(at, op, args, "+CREG", &at->creg_n);
}

static int do_cgreg(struct at *at, enum at_op op, const char *args)
{
	return registration(at, op, args, "+CGREG", &at->cgreg_n);
}

void at_info_report(struct at *at)
{
	int stat = at_registration(at);
	if (stat == at->registration_told)
		return;
	at->registration_told = stat;
	if (at->creg_n == 1)
		at_urc(at, "+CREG: %d", stat);
	else if (at->creg_n == 2)
		at_urc(at, "+CREG: %d,\"1A2B\",\"C3D4\"", stat);
	event_number(at->events, "registration", "stat", stat);
}

static int do_cops(struct at *at, enum at_op op, const char *args)
{
	static const char *const names[3] = {"Simulated network", "SimNet", "00101"};
	long mode = 0, format = at->cops_format;
	if (op == AT_TEST) {
		at_info(at, "+COPS: (2,\"%s\",\"%s\",\"%s\"),,(0-4),(0-2)", names[0], names[1],
			names[2]);
	} else if (op == AT_READ) {
		if (at_registered(at))
			at_info(at, "+COPS: 0,%d,\"%s\"", at->cops_format, names[at->cops_format]);
		else
			at_info(at, "+COPS: 0");
	} else {
		if (op != AT_SET || at_arg_number(&args, &mode) != 1 || mode < 0 || mode > 4 ||
		    at_arg_number(&args, &format) < 0 || format < 0 || format > 2)
			return AT_ERROR;
		at->cops_format = (int)format;
	}
	return AT_OK;
}

static int do_cgatt(struct at *at, enum at_op op, const char *args)
{
	(void)args;
	if (op == AT_TEST)
		at_info(at, "+CGATT: (0,1)");
	else if (op == AT_READ)
		at_info(at, "+CGATT: %d", at_registered(at) ? 1 : 0);
	return AT_OK;
}

static int do_csq(struct at *at, enum at_op op, const char *args)
{
	(void)args;
	if (op == AT_TEST)
		at_info(at, "+CSQ: (0-31,99),(0-7,99)");
	else
		at_info(at, "+CSQ: %d,99", at->function == 1 ? at->signal : 99);
	return AT_OK;
}

static int do_cfun(struct at *at, enum at_op op, const char *args)
{
	long function = 1, reset = 0;
	if (op == AT_TEST) {
		at_info(at, "+CFUN: (0,1,4),(0,1)");
	} else if (op == AT_READ) {
		at_info(at, "+CFUN: %d", at->function);
	} else {
		if (op != AT_SET || at_arg_number(&args, &function) != 1 ||
		    at_arg_number(&args, &reset) < 0)
			return AT_ERROR;
		if (function != 0 && function != 1 && function != 4)
			return AT_CME + 4;
		at->function = (int)function;
		if (reset == 1)
			at->counts.resets++;
	}
	return AT_OK;
}

static int do_cclk(struct at *at, enum at_op op, const char *args)
{
	(void)args;
	if (op != AT_READ)
		return AT_OK;
	int32_t zone = net_zone(at->net);
	time_t local = (time_t)(net_clock(at->net, at->now) + zone);
	struct tm tm;
	if (!gmtime_r(&local, &tm))
		return AT_ERROR;
	at_info(at, "+CCLK: \"%02d/%02d/%02d,%02d:%02d:%02d%+03d\"", tm.tm_year % 100,
		tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)(zone / 900));
	return AT_OK;
}

/* ---- character set, phone book, battery ------------------------------------------------------ */

/* The name of a character set may itself come in UCS2, once that is set. */
static void fold_ucs2(const char *text, char *name, size_t max)
{
	size_t n = strlen(text), k = 0;
	if (n < 8 || n % 4 != 0 || strncmp(text, "00", 2) != 0) {
		snprintf(name, max, "%s", text);
		return;
	}
	for (size_t i = 0; i + 4 <= n && k + 1 < max; i += 4) {
		unsigned c = 0;
		for (size_t d = 2; d < 4; d++) {
			char h = text[i + d];
			c = c * 16 + (unsigned)(h >= 'a'   ? h - 'a' + 10
						: h >= 'A' ? h - 'A' + 10
							   : h - '0');
		}
		name[k++] = (char)(c & 0x7F);
	}
	name[k] = '\0';
}

static int do_cscs(struct at *at, enum at_op op, const char *args)
{
	static const char *const names[] = {"GSM", "IRA", "UCS2", "HEX"};
	char text[64], name[64];
	if (op == AT_TEST) {
		at_info(at, "+CSCS: (\"IRA\",\"GSM\",\"UCS2\",\"HEX\")");
		return AT_OK;
	}
	if (op == AT_READ) {
		at_info(at, "+CSCS: \"%s\"", names[at->charset]);
		return AT_OK;
	}
	if (op != AT_SET || at_arg_string(&args, text, sizeof(text)) != 1)
		return AT_ERROR;
	fold_ucs2(text, name, sizeof(name));
	for (int i = 0; i < 4; i++) {
		if (strcmp(name, names[i]) != 0)
			continue;
		at->charset = (enum at_charset)i;
		return AT_OK;
	}
	return AT_ERROR;
}

static int do_cpbs(struct at *at, enum at_op op, const char *args)
{
	(void)args;
	if (op == AT_TEST)
		at_info(at, "+CPBS: (\"SM\",\"ME\")");
	else if (op == AT_READ)
		at_info(at, "+CPBS: \"SM\",0,100");
	return AT_OK;
}

static int do_cpbr(struct at *at, enum at_op op, const char *args)
{
	(void)args;
	if (op == AT_TEST)
		at_info(at, "+CPBR: (1-100),40,16");
	return op == AT_READ ? AT_ERROR : AT_OK; /* the phone book is empty */
}

static int do_cbc(struct at *at, enum at_op op, const char *args)
{
	(void)args;
	if (op == AT_TEST)
		at_info(at, "+CBC: (1),(100)");
	else
		at_info(at, "+CBC: 1,100"); /* on mains */
	return AT_OK;
}

static int do_cmee(struct at *at, enum at_op op, const char *args)
{
	long mode = 0;
	if (op == AT_TEST) {
		at_info(at, "+CMEE: (0-2)");
	} else if (op == AT_READ) {
		at_info(at, "+CMEE: %d", at->cmee);
	} else {
		if (at_arg_number(&args, &mode) < 0 || mode < 0 || mode > 2)
			return AT_ERROR;
		at->cmee = (int)mode;
	}
	return AT_OK;
}

static int do_huawei(struct at *at, enum at_op op, const char *args)
{
	(void)args;
	return op == AT_SET && at->model->huawei ? AT_OK : AT_ERROR;
}

static int do_accept(struct at *at, enum at_op op, const char *args)
{
	(void)at, (void)args;
	return op == AT_READ ? AT_ERROR : AT_OK;
}

static int do_refuse(struct at *at, enum at_op op, const char *args)
{
	(void)at, (void)op, (void)args;
	return AT_ERROR;
}

const struct at_command at_info_commands[] = {
    {"+CGMI", do_cgmi, 0},      {"+CGMM", do_cgmm, 0},
    {"+CGMR", do_cgmr, 0},      {"+CGSN", do_cgsn, 0},
    {"+CIMI", do_cimi, AT_CME}, {"+GMI", do_cgmi, 0},
    {"+GMM", do_cgmm, 0},       {"+GMR", do_cgmr, 0},
    {"+GSN", do_cgsn, 0},       {"+GCAP", do_gcap, 0},
    {"+CPIN", do_cpin, 0},      {"+CREG", do_creg, 0},
    {"+CGREG", do_cgreg, 0},    {"+COPS", do_cops, AT_CME},
    {"+CSQ", do_csq, 0},        {"+CFUN", do_cfun, 0},
    {"+CCLK", do_cclk, 0},      {"+CSCS", do_cscs, 0},
    {"+CPBS", do_cpbs, AT_CME}, {"+CPBR", do_cpbr, AT_CME},
    {"+CBC", do_cbc, 0},        {"+CMEE", do_cmee, 0},
    {"^CURC", do_huawei, 0},    {"^PORTSEL", do_huawei, 0},
    {"^BOOT", do_huawei, 0},    {"+CLIP", do_accept, 0},
    {"+CLIR", do_accept, 0},    {"+COLP", do_accept, 0},
    {"+CRC", do_accept, 0},     {"+CR", do_accept, 0},
    {"+CLCC", do_accept, 0},    {"+CHUP", do_accept, 0},
    {"+CCWA", do_accept, 0},    {"+CSSN", do_accept, 0},
    {"+CGATT", do_cgatt, 0},    {"+CTZR", do_accept, 0},
    {"+IPR", do_accept, 0},     {"+IFC", do_accept, 0},
    {"+CSDH", do_accept, 0},    {"+CLCK", do_refuse, 0},
    {"+CPWD", do_refuse, 0},    {"+CPROT", do_refuse, 0},
    {"+CKPD", do_refuse, 0},    {NULL, NULL, 0},
};
