/* reader.h - one configuration file as a tree of settings that are checked and marked when read.
 *
 * Owns the only use of libconfig.  A file is opened only after config/lexcheck found nothing in it.
 * A node that was never asked for is an unknown setting: cfg_reader_unread walks them.  Nodes and
 * strings live until cfg_reader_close.  Calls libconfig, config/lexcheck, config/fault.
 */
#ifndef CONFIG_READER_H
#define CONFIG_READER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "config/fault.h"

struct cfg_reader;
struct cfg_node;
enum cfg_kind { CFG_GROUP, CFG_ARRAY, CFG_LIST, CFG_INTEGER, CFG_FRACTION, CFG_STRING, CFG_BOOL };
#define CFG_PATH 160

/* 0, or -1 with the faults reported (cannot be read, lexical, syntax, duplicates). */
int cfg_reader_open(const char *file, struct cfg_faults *f, struct cfg_reader **out);
void cfg_reader_close(struct cfg_reader *r);

const struct cfg_node *cfg_reader_root(struct cfg_reader *r);
/* Child by name ("busy_ms") or NULL; marks it as read. */
const struct cfg_node *cfg_node_child(const struct cfg_node *n, const char *name);
/* Descends by dots ("store.busy_ms"), marking all on the way. */
const struct cfg_node *cfg_node_find(const struct cfg_node *n, const char *path);
size_t cfg_node_length(const struct cfg_node *n);
const struct cfg_node *cfg_node_elem(const struct cfg_node *n, size_t i); /* marks it */
/* Marks a node and all below it: it was refused as a whole, its parts need no fault each. */
void cfg_node_take(const struct cfg_node *n);

enum cfg_kind cfg_node_kind(const struct cfg_node *n);
const char *cfg_kind_name(enum cfg_kind k);         /* "a group { }" */
int64_t cfg_node_integer(const struct cfg_node *n); /* of CFG_INTEGER; 0 otherwise */
bool cfg_node_bool(const struct cfg_node *n);
const char *cfg_node_string(const struct cfg_node *n); /* of CFG_STRING; "" otherwise */
const char *cfg_node_name(const struct cfg_node *n);   /* "" for a list's element */
const char *cfg_node_file(const struct cfg_node *n);
int cfg_node_line(const struct cfg_node *n);
/* "modems[1].device": elements are counted from 1. */
const char *cfg_node_path(const struct cfg_node *n, char out[CFG_PATH]);
/* A fault at this node's file and line; below (may be NULL) names a setting under it. */
void cfg_node_fault(struct cfg_faults *f, const struct cfg_node *n, const char *below,
		    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Calls fn for every setting that nobody read. */
typedef void cfg_unread_fn(void *arg, const struct cfg_node *n);
void cfg_reader_unread(struct cfg_reader *r, cfg_unread_fn *fn, void *arg);
#endif
