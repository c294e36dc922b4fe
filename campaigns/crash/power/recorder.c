/* Records what a process writes below one folder, in the order in which it happened.
 *
 * Preloaded (LD_PRELOAD) with RECORD_ROOT, the folder, and RECORD_LOG, the file
 * that takes the entries. An entry is a head (kind, length of the path, offset,
 * length of the data; native byte order), the path, the data. Memory that is
 * mapped is not seen: of SQLite that is the -shm file, which is made anew.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CREATE = 1, WRITE, TRUNCATE, SYNC, RENAME, UNLINK, MAKE_FOLDER };
enum { MOST_FILES = 4096 };

struct head {
    uint32_t kind;
    uint32_t path_length;
    uint64_t offset;
    uint64_t data_length;
};

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static char *paths[MOST_FILES];
static int log_file = -1;
static const char *root;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void __attribute__((constructor)) begin(void)
{
    const char *name = getenv("RECORD_LOG");
    root = getenv("RECORD_ROOT");
    if (name == NULL || root == NULL)
        return;
    log_file = REAL(open)(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log_file < 0)
        abort();
}

static void put(const void *data, size_t length)
{
    const char *at = data;
    while (length > 0) {
        ssize_t done = REAL(write)(log_file, at, length);
        if (done < 0)
            abort();
        at += done;
        length -= (size_t)done;
    }
}

static void record(uint32_t kind, const char *path, uint64_t offset, const void *data, size_t length)
{
    int kept = errno;
    struct head head = {kind, (uint32_t)strlen(path), offset, length};
    put(&head, sizeof head);
    put(path, head.path_length);
    put(data, length);
    errno = kept;
}

/* The path as one that begins with the folder, or NULL for one that lies elsewhere. */
static const char *inside(int folder, const char *path, char whole[PATH_MAX])
{
    if (log_file < 0)
        return NULL;
    if (path[0] != '/') {
        if (folder != AT_FDCWD || getcwd(whole, PATH_MAX) == NULL)
            return NULL;
        size_t used = strlen(whole);
        snprintf(whole + used, PATH_MAX - used, "/%s", path);
        path = whole;
    }
    size_t length = strlen(root);
    return strncmp(path, root, length) == 0 && (path[length] == '/' || path[length] == 0) ? path : NULL;
}

static const char *path_of(int number)
{
    return log_file >= 0 && number >= 0 && number < MOST_FILES ? paths[number] : NULL;
}

static int opened(int number, const char *path, int flags, int was_there)
{
    if (number >= 0 && number < MOST_FILES) {
        free(paths[number]);
        paths[number] = strdup(path);
        if ((flags & O_CREAT) && !was_there)
            record(CREATE, path, 0, NULL, 0);
        else if (flags & O_TRUNC)
            record(TRUNCATE, path, 0, NULL, 0);
    }
    return number;
}

static int open_recorded(int folder, const char *name, int flags, mode_t mode)
{
    char whole[PATH_MAX];
    struct stat seen;
    const char *path = inside(folder, name, whole);
    if (path == NULL)
        return REAL(openat)(folder, name, flags, mode);
    pthread_mutex_lock(&one_at_a_time);
    int was_there = lstat(path, &seen) == 0;
    int number = opened(REAL(openat)(folder, name, flags, mode), path, flags, was_there);
    pthread_mutex_unlock(&one_at_a_time);
    return number;
}

#define MODE(flags)                                                                                        \
    mode_t mode = 0;                                                                                       \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                                                                 \
        va_list rest;                                                                                      \
        va_start(rest, flags);                                                                             \
        mode = va_arg(rest, mode_t);                                                                       \
        va_end(rest);                                                                                      \
    }

int open(const char *name, int flags, ...) { MODE(flags) return open_recorded(AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE(flags) return open_recorded(AT_FDCWD, name, flags, mode); }
int openat(int folder, const char *name, int flags, ...) { MODE(flags) return open_recorded(folder, name, flags, mode); }
int openat64(int folder, const char *name, int flags, ...) { MODE(flags) return open_recorded(folder, name, flags, mode); }

int close(int number)
{
    pthread_mutex_lock(&one_at_a_time);
    if (path_of(number) != NULL) {
        free(paths[number]);
        paths[number] = NULL;
    }
    int done = REAL(close)(number);
    pthread_mutex_unlock(&one_at_a_time);
    return done;
}

static off_t end_or_here(int number)
{
    struct stat seen;
    if (fcntl(number, F_GETFL) & O_APPEND)
        return fstat(number, &seen) == 0 ? seen.st_size : 0;
    return lseek(number, 0, SEEK_CUR);
}

ssize_t write(int number, const void *data, size_t length)
{
    if (path_of(number) == NULL)
        return REAL(write)(number, data, length);
    pthread_mutex_lock(&one_at_a_time);
    off_t at = end_or_here(number);
    ssize_t done = REAL(write)(number, data, length);
    if (done > 0)
        record(WRITE, paths[number], (uint64_t)at, data, (size_t)done);
    pthread_mutex_unlock(&one_at_a_time);
    return done;
}

ssize_t pwrite64(int number, const void *data, size_t length, off64_t at)
{
    if (path_of(number) == NULL)
        return REAL(pwrite64)(number, data, length, at);
    pthread_mutex_lock(&one_at_a_time);
    ssize_t done = REAL(pwrite64)(number, data, length, at);
    if (done > 0)
        record(WRITE, paths[number], (uint64_t)at, data, (size_t)done);
    pthread_mutex_unlock(&one_at_a_time);
    return done;
}

ssize_t pwrite(int number, const void *data, size_t length, off_t at) { return pwrite64(number, data, length, at); }

/* In pieces, as a system may do it too. */
ssize_t writev(int number, const struct iovec *pieces, int count)
{
    if (path_of(number) == NULL)
        return REAL(writev)(number, pieces, count);
    return count > 0 ? write(number, pieces[0].iov_base, pieces[0].iov_len) : 0;
}

ssize_t pwritev64(int number, const struct iovec *pieces, int count, off64_t at)
{
    if (path_of(number) == NULL)
        return REAL(pwritev64)(number, pieces, count, at);
    return count > 0 ? pwrite64(number, pieces[0].iov_base, pieces[0].iov_len, at) : 0;
}

ssize_t pwritev(int number, const struct iovec *pieces, int count, off_t at) { return pwritev64(number, pieces, count, at); }

int ftruncate64(int number, off64_t length)
{
    pthread_mutex_lock(&one_at_a_time);
    int done = REAL(ftruncate64)(number, length);
    if (done == 0 && path_of(number) != NULL)
        record(TRUNCATE, paths[number], (uint64_t)length, NULL, 0);
    pthread_mutex_unlock(&one_at_a_time);
    return done;
}

int ftruncate(int number, off_t length) { return ftruncate64(number, length); }

static int synced(int number, int done)
{
    if (done == 0 && path_of(number) != NULL)
        record(SYNC, paths[number], 0, NULL, 0);
    return done;
}

int fsync(int number)
{
    pthread_mutex_lock(&one_at_a_time);
    int done = synced(number, REAL(fsync)(number));
    pthread_mutex_unlock(&one_at_a_time);
    return done;
}

int fdatasync(int number)
{
    pthread_mutex_lock(&one_at_a_time);
    int done = synced(number, REAL(fdatasync)(number));
    pthread_mutex_unlock(&one_at_a_time);
    return done;
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    char from_whole[PATH_MAX], to_whole[PATH_MAX];
    const char *old = inside(from_folder, from, from_whole);
    const char *new = inside(to_folder, to, to_whole);
    pthread_mutex_lock(&one_at_a_time);
    int done = REAL(renameat)(from_folder, from, to_folder, to);
    if (done == 0 && old != NULL && new != NULL)
        record(RENAME, old, 0, new, strlen(new));
    pthread_mutex_unlock(&one_at_a_time);
    return done;
}

int rename(const char *from, const char *to) { return renameat(AT_FDCWD, from, AT_FDCWD, to); }

int unlinkat(int folder, const char *name, int flags)
{
    char whole[PATH_MAX];
    const char *path = inside(folder, name, whole);
    pthread_mutex_lock(&one_at_a_time);
    int done = REAL(unlinkat)(folder, name, flags);
    if (done == 0 && path != NULL)
        record(UNLINK, path, 0, NULL, 0);
    pthread_mutex_unlock(&one_at_a_time);
    return done;
}

int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }

int mkdir(const char *name, mode_t mode)
{
    char whole[PATH_MAX];
    const char *path = inside(AT_FDCWD, name, whole);
    pthread_mutex_lock(&one_at_a_time);
    int done = REAL(mkdir)(name, mode);
    if (done == 0 && path != NULL)
        record(MAKE_FOLDER, path, 0, NULL, 0);
    pthread_mutex_unlock(&one_at_a_time);
    return done;
}
