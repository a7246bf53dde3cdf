/*
 * Preloaded: no thread can be had, as where a limit on processes is reached.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>

int pthread_create(pthread_t *thread, const pthread_attr_t *attr,
                   void *(*start)(void *), void *arg)
{
    (void)thread, (void)attr, (void)start, (void)arg;
    fputs("no thread\n", stderr);
    return EAGAIN;
}
