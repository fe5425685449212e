/* blocks.h - lists of blocks of which one can be like another: the patterns of providers.
 *
 * What a block does not say is taken from the block it is like; its name, `like` and secrets are its own.
 * Checks that all of them share: paths, templates, headers, conditions, a secret kept in a file.
 * Calls config/scope, settings, textfile; parser/template.
 */
#ifndef CONFIG_BLOCKS_H
#define CONFIG_BLOCKS_H
#include "config/load.h"

#define BLOCKS_MAX 96
#define BLOCKS_FILES 17      /* the main one and those of its list */
#define BLOCKS_SECRET 16     /* least bytes of a secret */

struct cfg_block {
	void *at; /* the struct of the scope */
	const struct cfg_node *node;
	bool complete;
};
struct cfg_blocks {
	struct cfg_load *l;
	enum cfg_scope scope;
	size_t size, name, like;           /* of the struct; where these two texts lie in it */
	struct cfg_block *b;
	size_t n;
	struct cfg_reader *open[BLOCKS_FILES]; /* lines of faults are needed until the end */
};

bool cfg_blocks_begin(struct cfg_blocks *bs);
void cfg_blocks_add(struct cfg_blocks *bs, const struct cfg_node *list, void *all, size_t n);
void cfg_blocks_complete(struct cfg_blocks *bs);
/* All of them in one array, or NULL. */
void *cfg_blocks_array(const struct cfg_blocks *bs);
void cfg_blocks_end(struct cfg_blocks *bs);

/* setting: NULL the block as a whole. */
__attribute__((format(printf, 4, 5))) void cfg_block_fault(const struct cfg_blocks *bs,
							   const struct cfg_block *b, const char *setting,
							   const char *fmt, ...);
void cfg_block_path(const struct cfg_blocks *bs, const struct cfg_block *b, const char *setting,
		    const char *path, bool with_secret);
typedef bool cfg_known_fn(const char *name, size_t len);
void cfg_block_template(const struct cfg_blocks *bs, const struct cfg_block *b, const char *setting,
			const char *text, const char *type, cfg_known_fn *known);
void cfg_block_headers(const struct cfg_blocks *bs, const struct cfg_block *b, const char *setting,
		       const char **list, cfg_known_fn *known);
void cfg_block_conditions(const struct cfg_blocks *bs, const struct cfg_block *b, const char *setting,
			  const char **list);
/* An address that requests go to, group.url; plain: http:// will do. */
void cfg_block_address(const struct cfg_blocks *bs, const struct cfg_block *b, const char *group, const char *url,
		       bool plain);
/* file "": nothing.  *value becomes what stands in it, alone. */
void cfg_block_secret_file(const struct cfg_blocks *bs, const struct cfg_block *b, const char *setting,
			   const char *file, const char **value);
/* A secret of a block that is met from outside: long enough, and where it is said to stand. */
struct cfg_proof {
	const char *auth, *auth_name, *secret, *secret_file;
	bool served;
};
void cfg_block_proof(const struct cfg_blocks *bs, const struct cfg_block *b, const struct cfg_proof *p);
#endif
