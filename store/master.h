/* master.h - where the master key comes from: a file, a credential of systemd, a passphrase.  Owns
 * nothing; calls crypt.c and the file system.  err gets words with the place and the mend. */
#ifndef STORE_MASTER_H
#define STORE_MASTER_H
#include "store/crypt.h"
#include "store/store.h"

struct master_from {
	enum store_key_source source;
	const char *path;   /* FILE: the key file; CREDENTIAL: its name in $CREDENTIALS_DIRECTORY */
	store_ask_fn *ask;  /* PASSPHRASE */
};
/* 32 octets, or 64 hex digits, of a file of mode 0600 or of the credential. */
int master_read(const struct master_from *from, uint8_t key[CRYPT_KEY], char *err, size_t errlen);
/* The passphrase, asked once: words in guarded memory (crypt_free), *len octets. fresh: a new one. */
int master_ask(const struct master_from *from, bool fresh, char **words, size_t *len, char *err, size_t errlen);
/* A new file of mode 0600 with this key, durable under its name; STORE_EXISTS and left alone when there
 * is one. */
int master_write(const char *path, const uint8_t key[CRYPT_KEY], char *err, size_t errlen);
/* The same in the place of what is there; the octets of the old file are overwritten.  A cut leaves the
 * one or the other. */
int master_replace(const char *path, const uint8_t key[CRYPT_KEY], char *err, size_t errlen);
#endif
