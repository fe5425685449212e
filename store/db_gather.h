/* db_gather.h - writes to the write-ahead log, many at a time. */
#ifndef STORE_DB_GATHER_H
#define STORE_DB_GATHER_H

/* Name of the VFS to open a file with in place of `vfs` (NULL = the system's); vfs itself where there is none. */
const char *db_gather(const char *vfs);
#endif
