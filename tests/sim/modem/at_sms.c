/* at_sms.c - see at_sms.h. */
#include "tests/sim/modem/at_sms.h"

#include <stdio.h>
#include <string.h>
#include "parser/tpdu.h"

#define SMS_OCTETS 300

/* Message errors of 27.005 3.2.5 that the simulator gives. */
enum {
	CMS_NOT_ALLOWED = 302,
	CMS_PDU_PARAMETER = 304,
	CMS_INDEX = 321,
	CMS_FULL = 322,
	CMS_NO_SERVICE = 331
};

/* ---- memories -------------------------------------------------------------------------------- */

static bool hidden(const struct at *at, enum store_id id, size_t slot)
{
	return at->fault->hide0 && id == STORE_ME && slot == 0;
}

static size_t shown(const struct at *at, enum store_id id)
{
	size_t used = stores_used(at->stores, id);
	return used > 0 && hidden(at, id, 0) && stores_get(at->stores, id, 0) ? used - 1 : used;
}

static int read_memory(struct at *at, const char **p, int which, enum store_id *found)
{
	char name[16];
	int got = at_arg_string(p, name, sizeof(name));
	if (got <= 0)
		return got;
	int id = stores_find(name, strlen(name));
	if (id < 0 || (id == STORE_SR && which > 0) ||
	    stores_size(at->stores, (enum store_id)id) == 0)
		return -1;
	*found = (enum store_id)id;
	return 1;
}

static int cpms_set(struct at *at, const char *args)
{
	enum store_id wanted[3];
	memcpy(wanted, at->memory, sizeof(wanted));
	for (int i = 0; i < 3; i++)
		if (read_memory(at, &args, i, &wanted[i]) < 0)
			return AT_CMS + CMS_NOT_ALLOWED;
	memcpy(at->memory, wanted, sizeof(wanted));
	char text[160];
	size_t n = 0;
	for (int i = 0; i < 3; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%zu,%zu", i ? "," : "",
				      shown(at, wanted[i]), stores_size(at->stores, wanted[i]));
	at_info(at, "+CPMS: %s", text);
	return AT_OK;
}

static int do_cpms(struct at *at, enum at_op op, const char *args)
{
	const struct stores *s = at->stores;
	if (op == AT_SET)
		return cpms_set(at, args);
	if (op == AT_TEST) {
		const char *me = stores_size(s, STORE_ME) ? ",\"ME\"" : "";
		at_info(at, "+CPMS: (\"SM\"%s,\"SR\"),(\"SM\"%s),(\"SM\"%s)", me, me, me);
		return AT_OK;
	}
	if (op != AT_READ)
		return AT_ERROR;
	char text[160];
	size_t n = 0;
	for (int i = 0; i < 3; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s\"%s\",%zu,%zu", i ? "," : "",
				      stores_name(at->memory[i]), shown(at, at->memory[i]),
				      stores_size(s, at->memory[i]));
	at_info(at, "+CPMS: %s", text);
	return AT_OK;
}

/* ---- list, read, delete ---------------------------------------------------------------------- */

static void show(struct at *at, const char *head, const struct message *m)
{
	out_format(&at->reply, "\r\n%s%d,,%zu\r\n", head, (int)m->status,
		   at_tpdu_length(m->octets, m->len));
	out_hex(&at->reply, m->octets, m->len);
	out_text(&at->reply, "\r\n");
}

static void seen(struct at *at, enum store_id id, size_t slot, const struct message *m)
{
	if (m->status == REC_UNREAD)
		stores_mark(at->stores, id, slot, REC_READ);
}

static int do_cmgl(struct at *at, enum at_op op, const char *args)
{
	long status = 0;
	if (op == AT_TEST) {
		at_info(at, "+CMGL: (0-4)");
		return AT_OK;
	}
	if (op == AT_READ || at_arg_number(&args, &status) < 0 || status < 0 || status > 4)
		return op == AT_READ ? AT_ERROR : AT_CMS + CMS_NOT_ALLOWED;
	enum store_id id = at->memory[0];
	size_t left = stores_used(at->stores, id);
	for (size_t slot = 0; left > 0 && slot < stores_size(at->stores, id); slot++) {
		const struct message *m = stores_get(at->stores, id, slot);
		if (!m)
			continue;
		left--;
		if (hidden(at, id, slot) || (status != 4 && (long)m->status != status))
			continue;
		char head[48];
		snprintf(head, sizeof(head), "+CMGL: %zu,", slot + (size_t)at->base);
		show(at, head, m);
		seen(at, id, slot, m);
	}
	return AT_OK;
}

/* The slot an index names, or -1. */
static long slot_of(const struct at *at, enum store_id id, long index)
{
	long slot = index - at->base;
	return slot >= 0 && (size_t)slot < stores_size(at->stores, id) ? slot : -1;
}

static int do_cmgr(struct at *at, enum at_op op, const char *args)
{
	long index = 0;
	if (op == AT_TEST)
		return AT_OK;
	if (op != AT_SET || at_arg_number(&args, &index) != 1)
		return AT_ERROR;
	enum store_id id = at->memory[0];
	long slot = slot_of(at, id, index);
	const struct message *m = slot < 0 ? NULL : stores_get(at->stores, id, (size_t)slot);
	if (!m)
		return AT_CMS + CMS_INDEX;
	show(at, "+CMGR: ", m);
	seen(at, id, (size_t)slot, m);
	return AT_OK;
}

static void delete_one(struct at *at, enum store_id id, size_t slot)
{
	if (stores_delete(at->stores, id, slot) != 1)
		return;
	at->counts.deleted++;
	struct out *o = event_begin(at->events, "deleted");
	if (o) {
		out_format(o, ",\"memory\":\"%s\",\"index\":%zu", stores_name(id),
			   slot + (size_t)at->base);
		event_end(at->events);
	}
}

/* 27.005 3.5.4: <delflag> 1 read, 2 and sent, 3 and unsent, 4 all. */
static void delete_many(struct at *at, enum store_id id, long flag)
{
	for (size_t slot = 0; slot < stores_size(at->stores, id); slot++) {
		const struct message *m = stores_get(at->stores, id, slot);
		if (!m)
			continue;
		if (flag == 4 || m->status == REC_READ || (flag >= 2 && m->status == STO_SENT) ||
		    (flag >= 3 && m->status == STO_UNSENT))
			delete_one(at, id, slot);
	}
}

static int do_cmgd(struct at *at, enum at_op op, const char *args)
{
	enum store_id id = at->memory[0];
	long index = 0, flag = 0;
	if (op == AT_TEST) {
		size_t last = stores_size(at->stores, id) + (size_t)at->base;
		at_info(at, "+CMGD: (%d-%zu),(0-4)", at->base, last ? last - 1 : 0);
		return AT_OK;
	}
	if (op != AT_SET || at_arg_number(&args, &index) != 1 || at_arg_number(&args, &flag) < 0 ||
	    flag < 0 || flag > 4)
		return AT_ERROR;
	if (flag > 0) {
		delete_many(at, id, flag);
		return AT_OK;
	}
	long slot = slot_of(at, id, index);
	if (slot < 0)
		return AT_CMS + CMS_INDEX;
	delete_one(at, id, (size_t)slot);
	return AT_OK;
}

/* ---- submit ---------------------------------------------------------------------------------- */

/* One submission by octets: the faults first, then the network.  Writes "NAME: mr". */
static int submit(struct at *at, const char *name, const uint8_t *octets, size_t len)
{
	struct fault *f = at->fault;
	if (f->late_left > 0) {
		f->late_left--;
		at->delay += f->late_ms;
	}
	if (f->cms_left > 0) {
		f->cms_left--;
		return AT_CMS + f->cms_code;
	}
	bool swallow = f->swallow_left > 0;
	if (swallow) {
		f->swallow_left--;
		if (!f->swallow_taken)
			return AT_SILENT;
	}
	if (!at_registered(at))
		return AT_CMS + CMS_NO_SERVICE;
	int mr = net_submit(at->net, octets, len, at->now);
	if (mr < 0)
		return AT_CMS + CMS_PDU_PARAMETER;
	at->counts.submitted++;
	if (swallow)
		return AT_SILENT;
	at_info(at, "%s: %d", name, mr);
	return AT_OK;
}

static int prompt(struct at *at, bool store, long length, int status)
{
	if (length < 1 || length > 255)
		return AT_CMS + CMS_PDU_PARAMETER;
	at->prompt.active = true;
	at->prompt.store = store;
	at->prompt.length = length;
	at->prompt.status = status;
	at->prompt.have = 0;
	at->prompt.too_long = false;
	out_text(&at->reply, "\r\n> ");
	return AT_PROMPT;
}

static int do_cmgs(struct at *at, enum at_op op, const char *args)
{
	long length = 0;
	if (op == AT_TEST)
		return AT_OK;
	if (op != AT_SET || at_arg_number(&args, &length) != 1)
		return AT_ERROR;
	return prompt(at, false, length, 0);
}

static int do_cmgw(struct at *at, enum at_op op, const char *args)
{
	long length = 0, status = STO_UNSENT;
	if (op == AT_TEST)
		return AT_OK;
	if (op != AT_SET || at_arg_number(&args, &length) != 1 ||
	    at_arg_number(&args, &status) < 0 || status < 0 || status > 3)
		return AT_ERROR;
	return prompt(at, true, length, (int)status);
}

int at_sms_text(struct at *at)
{
	struct at_prompt *p = &at->prompt;
	uint8_t octets[SMS_OCTETS];
	p->active = false;
	int n =
	    p->too_long ? TPDU_ERR_SPACE : tpdu_from_hex(p->text, p->have, octets, sizeof(octets));
	if (n <= 0 || at_tpdu_length(octets, (size_t)n) != (size_t)p->length)
		return AT_CMS + CMS_PDU_PARAMETER;
	if (!p->store)
		return submit(at, "+CMGS", octets, (size_t)n);
	long slot = stores_put(at->stores, at->memory[1], octets, (size_t)n,
			       (enum message_status)p->status);
	if (slot < 0)
		return AT_CMS + CMS_FULL;
	at_info(at, "+CMGW: %ld", slot + at->base);
	return AT_OK;
}

static int do_cmss(struct at *at, enum at_op op, const char *args)
{
	long index = 0;
	if (op == AT_TEST)
		return AT_OK;
	if (op != AT_SET || at_arg_number(&args, &index) != 1)
		return AT_ERROR;
	enum store_id id = at->memory[1];
	long slot = slot_of(at, id, index);
	const struct message *m = slot < 0 ? NULL : stores_get(at->stores, id, (size_t)slot);
	if (!m)
		return AT_CMS + CMS_INDEX;
	int result = submit(at, "+CMSS", m->octets, m->len);
	if (result == AT_OK && m->status == STO_UNSENT)
		stores_mark(at->stores, id, (size_t)slot, STO_SENT);
	return result;
}

/* ---- settings -------------------------------------------------------------------------------- */

static int do_cmgf(struct at *at, enum at_op op, const char *args)
{
	long mode = -1;
	if (op == AT_TEST)
		at_info(at, "+CMGF: (0)");
	else if (op == AT_READ)
		at_info(at, "+CMGF: 0");
	else if (op != AT_SET || at_arg_number(&args, &mode) != 1 || mode != 0)
		return AT_CMS + CMS_NOT_ALLOWED; /* PDU mode only */
	return AT_OK;
}

static int do_csms(struct at *at, enum at_op op, const char *args)
{
	long service = 0;
	if (op == AT_TEST) {
		at_info(at, "+CSMS: (0,1)");
	} else if (op == AT_READ) {
		at_info(at, "+CSMS: %d,1,1,1", at->csms);
	} else {
		if (op != AT_SET || at_arg_number(&args, &service) != 1 || service < 0 ||
		    service > 1)
			return AT_ERROR;
		at->csms = (int)service;
		at_info(at, "+CSMS: 1,1,1");
	}
	return AT_OK;
}

static int do_cmms(struct at *at, enum at_op op, const char *args)
{
	long mode = 0;
	if (op == AT_TEST) {
		at_info(at, "+CMMS: (0-2)");
	} else if (op == AT_READ) {
		at_info(at, "+CMMS: %d", at->cmms);
	} else {
		if (op != AT_SET || at_arg_number(&args, &mode) != 1 || mode < 0 || mode > 2)
			return AT_ERROR;
		at->cmms = (int)mode;
	}
	return AT_OK;
}

static int do_cnmi(struct at *at, enum at_op op, const char *args)
{
	static const int highest[5] = {2, 2, 2, 2, 1};
	int *v = at->cnmi, wanted[5];
	if (op == AT_TEST) {
		at_info(at, "+CNMI: (0,1,2),(0,1,2),(0,2),(0,1,2),(0,1)");
		return AT_OK;
	}
	if (op == AT_READ) {
		at_info(at, "+CNMI: %d,%d,%d,%d,%d", v[0], v[1], v[2], v[3], v[4]);
		return AT_OK;
	}
	memcpy(wanted, v, sizeof(wanted));
	for (int i = 0; i < 5; i++) {
		long one = wanted[i];
		if (at_arg_number(&args, &one) < 0 || one < 0 || one > highest[i] ||
		    (i == 2 && one == 1))
			return AT_CMS + CMS_NOT_ALLOWED;
		wanted[i] = (int)one;
	}
	memcpy(v, wanted, sizeof(wanted));
	return AT_OK;
}

static int do_csca(struct at *at, enum at_op op, const char *args)
{
	char number[32];
	if (op == AT_TEST)
		return AT_OK;
	if (op == AT_READ) {
		at_info(at, "+CSCA: \"%s\",%d", at->smsc, at->smsc[0] == '+' ? 145 : 129);
		return AT_OK;
	}
	if (op != AT_SET || at_arg_string(&args, number, sizeof(number)) != 1)
		return AT_ERROR;
	memcpy(at->smsc, number, sizeof(number));
	return AT_OK;
}

static int do_cnma(struct at *at, enum at_op op, const char *args)
{
	(void)at, (void)op, (void)args;
	return AT_OK;
}

const struct at_command at_sms_commands[] = {
    {"+CMGL", do_cmgl, AT_CMS}, {"+CMGR", do_cmgr, AT_CMS},
    {"+CMGD", do_cmgd, AT_CMS}, {"+CMGS", do_cmgs, AT_CMS},
    {"+CMGW", do_cmgw, AT_CMS}, {"+CMSS", do_cmss, AT_CMS},
    {"+CPMS", do_cpms, AT_CMS}, {"+CMGF", do_cmgf, 0},
    {"+CSMS", do_csms, 0},      {"+CMMS", do_cmms, 0},
    {"+CNMI", do_cnmi, AT_CMS}, {"+CSCA", do_csca, AT_CMS},
    {"+CNMA", do_cnma, 0},      {NULL, NULL, 0},
};

/* ---- arrivals -------------------------------------------------------------------------------- */

/* The memory with room for a message: the one it must go to, else mem3, else the other. */
static int choose(const struct at *at, const struct net_message *m)
{
	enum store_id first = m->memory >= 0 ? (enum store_id)m->memory : at->memory[2];
	enum store_id other = first == STORE_SM ? STORE_ME : STORE_SM;
	if (stores_used(at->stores, first) < stores_size(at->stores, first))
		return (int)first;
	if (m->memory < 0 && at->overflow &&
	    stores_used(at->stores, other) < stores_size(at->stores, other))
		return (int)other;
	return -1;
}

static void announce(struct at *at, const char *code, enum store_id id, long slot, bool wanted)
{
	bool told = wanted && at->cnmi[0] > 0 && !at->fault->nocmti;
	if (told) {
		at_urc(at, "%s: \"%s\",%ld", code, stores_name(id), slot + at->base);
		at->counts.announced++;
	}
	struct out *o = event_begin(at->events, "stored");
	if (o) {
		out_format(o, ",\"memory\":\"%s\",\"index\":%ld,\"announced\":%s", stores_name(id),
			   slot + at->base, told ? "true" : "false");
		event_end(at->events);
	}
}

static bool arrive(struct at *at, const struct net_message *m)
{
	if (at->cnmi[0] > 0 && at->cnmi[1] == 2 && m->memory < 0) {
		at_urc_pdu(at, "+CMT: ,", m->octets, m->len);
		return true;
	}
	int id = choose(at, m);
	if (id < 0)
		return false;
	long slot = stores_put(at->stores, (enum store_id)id, m->octets, m->len, REC_UNREAD);
	if (slot < 0)
		return false;
	announce(at, "+CMTI", (enum store_id)id, slot, at->cnmi[1] == 1);
	return true;
}

static bool arrive_report(struct at *at, const struct net_message *m)
{
	if (at->cnmi[3] == 2) {
		long slot = stores_put(at->stores, STORE_SR, m->octets, m->len, REC_UNREAD);
		if (slot < 0)
			return false;
		announce(at, "+CDSI", STORE_SR, slot, true);
		return true;
	}
	if (at->cnmi[3] == 1 && at->cnmi[0] > 0)
		at_urc_pdu(at, "+CDS: ", m->octets, m->len);
	return true; /* with <ds>=0 a report is acknowledged and gone */
}

void at_sms_arrive(struct at *at)
{
	const struct net_message *m;
	if (!at_registered(at))
		return;
	while ((m = net_report_due(at->net, at->now)) != NULL && arrive_report(at, m)) {
		at->counts.reports++;
		event_number(at->events, "report", "length", (long long)m->len);
		net_report_taken(at->net);
	}
	while ((m = net_waiting(at->net)) != NULL && at->now >= at->next_arrival && arrive(at, m)) {
		at->counts.arrivals++;
		net_taken(at->net);
		at->next_arrival = at->pace > 0 ? at->now + at->pace : 0;
	}
}

int64_t at_sms_next(const struct at *at)
{
	if (!at_registered(at))
		return INT64_MAX;
	int64_t next = net_next(at->net, at->now);
	const struct net_message *m = net_waiting(at->net);
	bool paced = m && at->next_arrival > at->now && choose(at, m) >= 0;
	return paced && at->next_arrival < next ? at->next_arrival : next;
}
