/* drain.c - the least that libgammu needs to empty a modem: list once, delete each, nothing kept.
 *
 * The limit that `make bench` holds the modem worker against: the same calls as gateway/modem/link.c
 * makes (flat locations, Memory 0, so that no memory is selected again before a deletion), and no hub.
 * usage: drain DEVICE   prints "ready", waits for a line, drains, prints "empty N", waits for the end
 * of its input.
 */
#include <gammu.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXTS_MAX 20000

/* Between the commands of the set-up libgammu sleeps 0.4 s; that is no part of what is measured. */
int usleep(unsigned int us)
{
	(void)us;
	return 0;
}

static GSM_StateMachine *open_modem(const char *device)
{
	GSM_StateMachine *s = GSM_AllocStateMachine();
	GSM_Config *cfg = s ? GSM_GetConfig(s, 0) : NULL;

	if (!cfg)
		return NULL;
	memset(cfg, 0, sizeof(*cfg));
	cfg->Device = strdup(device);
	cfg->Connection = strdup("at115200");
	cfg->DebugFile = strdup("");
	const int cnmi[5] = { -1, -1, -1, -1, -1 };
	memcpy(cfg->CNMIParams, cnmi, sizeof(cnmi));
	GSM_SetConfigNum(s, 1);
	return GSM_InitConnection(s, 1) == ERR_NONE ? s : NULL;
}

static int list(GSM_StateMachine *s, GSM_MultiSMSMessage *m, int *places)
{
	int n = 0;

	for (GSM_Error e = GSM_GetNextSMS(s, m, TRUE); e == ERR_NONE && n < TEXTS_MAX;
	     e = GSM_GetNextSMS(s, m, FALSE))
		places[n++] = m->SMS[0].Location;
	return n;
}

static void delete_all(GSM_StateMachine *s, const int *places, int n)
{
	GSM_SMSMessage sms;

	for (int i = 0; i < n; i++) {
		memset(&sms, 0, sizeof(sms));
		sms.Location = places[i];
		GSM_DeleteSMS(s, &sms);
	}
}

int main(int argc, char **argv)
{
	int *places = calloc(TEXTS_MAX, sizeof(*places));
	GSM_MultiSMSMessage *m = calloc(1, sizeof(*m));
	GSM_StateMachine *s = argc == 2 ? open_modem(argv[1]) : NULL;

	if (!s || !m || !places)
		return 1;
	puts("ready");
	fflush(stdout);
	getchar();
	int n = list(s, m, places);
	delete_all(s, places, n);
	printf("empty %d\n", n);
	fflush(stdout);
	while (getchar() != EOF)
		;
	_Exit(0);
}
