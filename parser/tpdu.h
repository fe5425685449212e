/* tpdu.h - SMS TPDUs, bounded: DELIVER and STATUS-REPORT in, SUBMIT out (and the reverse, for the
 * simulated network).
 *
 * Pure.  Every field is checked against the bytes that remain before it is read; an error names the
 * TP field.  Rules: 3GPP TS 23.040 9.2.2 (TPDU layouts), 9.2.3.24 (user data header), 9.2.3.11 (time
 * stamp); 3GPP TS 24.011 8.2.5.1 (the SMSC address a modem puts before the TPDU).
 */
#ifndef PARSER_TPDU_H
#define PARSER_TPDU_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tpdu_kind { TPDU_DELIVER, TPDU_SUBMIT, TPDU_STATUS_REPORT };
enum tpdu_alphabet { TPDU_GSM7, TPDU_8BIT, TPDU_UCS2 };
enum tpdu_error {
	TPDU_OK = 0,
	TPDU_ERR_SHORT = -1,   /* fewer bytes than a field needs */
	TPDU_ERR_ADDRESS = -2, /* impossible address length or type */
	TPDU_ERR_UDH = -3,     /* header longer than the data, or an element longer than the header */
	TPDU_ERR_KIND = -4,    /* reserved message type */
	TPDU_ERR_LENGTH = -5,  /* TP-UDL disagrees with the bytes */
	TPDU_ERR_HEX = -6,
	TPDU_ERR_SPACE = -7,
	TPDU_ERR_VALUE = -8    /* a value that cannot be encoded */
};

#define TPDU_MAX 255
#define TPDU_ADDRESS_MAX 48 /* a number with its '+', or an alphanumeric sender in UTF-8 */
#define TPDU_TEXT_MAX 1024  /* UTF-8 of one TPDU, NUL included */

struct tpdu_concat {
	uint16_t ref;
	uint8_t bits; /* 8 or 16: width of the reference; 0 = not concatenated */
	uint8_t total, seq;
};

struct tpdu {
	enum tpdu_kind kind;
	char smsc[TPDU_ADDRESS_MAX];
	char address[TPDU_ADDRESS_MAX]; /* sender (DELIVER), destination (SUBMIT), recipient (REPORT) */
	uint8_t address_type;           /* TON/NPI octet as sent */
	bool alphanumeric;
	uint8_t first_octet, pid, dcs;
	enum tpdu_alphabet alphabet;
	bool flash;             /* class 0 */
	uint8_t mr;             /* TP-MR of SUBMIT and STATUS-REPORT */
	uint8_t status;         /* TP-ST of a STATUS-REPORT */
	bool report_requested;  /* TP-SRR / TP-SRI */
	int64_t scts;           /* UTC seconds; 0 = absent or not a date */
	int32_t zone;           /* seconds east of UTC, as the stamp says */
	int64_t discharge;      /* STATUS-REPORT: when it was delivered or given up, UTC */
	int validity;           /* SUBMIT, relative octet, or -1 */
	struct tpdu_concat concat;
	int locking, single;    /* national language identifiers, 0 = default */
	int port;               /* destination application port, or -1 */
	uint8_t udh[140];
	uint8_t udh_len;        /* whole header with its length octet; 0 = none */
	uint8_t data[160];      /* user data after the header: septets unpacked, or octets */
	uint8_t data_len;
	char text[TPDU_TEXT_MAX]; /* UTF-8; for UCS2 parts of a concatenated message a lone surrogate at a
				   * seam is U+FFFD here: join tpdu.data of the parts and decode once */
	size_t text_len;
};

/* Decodes the octets a modem shows for a stored message: SMSC address, then the TPDU.  from_mobile
 * says which way TP-MTI is read (23.040 9.2.3.1): true for a SUBMIT.  On error *field names the TP
 * field at fault and out holds what was read before it. */
int tpdu_decode(const uint8_t *octets, size_t len, bool from_mobile, struct tpdu *out,
		const char **field);
const char *tpdu_error_name(int error);

/* Encodes t into octets, SMSC address first ("" = 00: the modem's own).  For SUBMIT and DELIVER the
 * user data is taken from t->data with t->udh, the alphabet from t->alphabet; dcs is set by it.
 * Returns the number of octets, or a negative tpdu_error. */
int tpdu_encode(const struct tpdu *t, uint8_t *octets, size_t max);

/* Puts a UTF-8 text into the parts it needs: GSM-7 when every character maps, else UCS2 (never
 * splitting a surrogate pair or an escape pair).  Each part's alphabet, udh, concat, data and
 * report_requested are set; addresses and the rest are copied from base.  Returns the number of
 * parts (1..max), or TPDU_ERR_SPACE, TPDU_ERR_VALUE. */
int tpdu_split(const struct tpdu *base, const char *utf8, size_t len, uint16_t ref, struct tpdu *parts,
	       int max);

/* Hex as modems print it.  Return octets (bytes) written, or TPDU_ERR_HEX / TPDU_ERR_SPACE. */
int tpdu_from_hex(const char *hex, size_t len, uint8_t *octets, size_t max);
int tpdu_to_hex(const uint8_t *octets, size_t len, char *hex, size_t max);
#endif
