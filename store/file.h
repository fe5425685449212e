/* file.h - the few things store/ does to files itself: making one durable under its name. */
#ifndef STORE_FILE_H
#define STORE_FILE_H

int file_class(int errno_value);          /* the store_rc that words it */
int file_sync_dir_of(const char *path);   /* 0, or -1 with errno: the entry of path is on the disk */
#endif
