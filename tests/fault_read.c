/*
 * Preloaded: reads as a bad medium gives them. IKW_READ is
 *   short    never more than 7 octets
 *   eintr    every other call is interrupted first
 *   eio      an error at octet IKW_READ_AT of a file
 *   shrink   the file IKW_READ_FILE is cut there when the reader comes to it
 * Files that the C library reads for itself (fopen) are read as ever.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static ssize_t plain(int fd, void *to, size_t size)
{
    static ssize_t (*real)(int, void *, size_t);
    void *p = dlsym(RTLD_NEXT, "read");
    if (!real)
        memcpy(&real, &p, sizeof p);
    return real(fd, to, size);
}

/* At the place where something happens to the file. */
static ssize_t at_place(int fd, void *to, size_t size, int cut)
{
    off_t at = atoll(getenv("IKW_READ_AT")), now = lseek(fd, 0, SEEK_CUR);
    if (now < 0 || now > at)
        return plain(fd, to, size);
    if (now < at)
        return plain(fd, to, size < (size_t)(at - now) ? size : at - now);
    if (cut && truncate(getenv("IKW_READ_FILE"), at) == 0)
        return plain(fd, to, size);
    errno = EIO;
    return -1;
}

ssize_t read(int fd, void *to, size_t size)
{
    static unsigned calls;
    const char *how = getenv("IKW_READ");
    if (!how)
        return plain(fd, to, size);
    if (!strcmp(how, "short"))
        return plain(fd, to, size < 7 ? size : 7);
    if (!strcmp(how, "eintr") && calls++ % 2 == 0) {
        errno = EINTR;
        return -1;
    }
    if (!strcmp(how, "eio") || !strcmp(how, "shrink"))
        return at_place(fd, to, size, *how == 's');
    return plain(fd, to, size);
}
