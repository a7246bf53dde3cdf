/*
 * Confines itself to the sets named by its arguments (read, write, follow),
 * then tries what a program taken over would try; one line each: its name and
 * "done" or the error.
 */
#define _DEFAULT_SOURCE /* syscall, MAP_ANONYMOUS */
#include "cli/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void tell(const char *what, long result)
{
    const char *name = result >= 0       ? "done"
                       : errno == EPERM  ? "EPERM"
                       : errno == ENOSYS ? "ENOSYS"
                                         : strerror(errno);
    printf("%s %s\n", what, name);
}

static void try_files(const char *file)
{
    char to[4096];
    snprintf(to, sizeof to, "%s.new", file);
    tell("open-read", open(file, O_RDONLY | O_CLOEXEC));
    tell("open-write", open(file, O_WRONLY | O_CLOEXEC));
    tell("open-both", open(file, O_RDWR | O_CLOEXEC));
    tell("open-create", open(to, O_RDONLY | O_CREAT | O_CLOEXEC, 0600));
    tell("open-truncate", open(file, O_RDONLY | O_TRUNC | O_CLOEXEC));
    tell("open-temporary", open("/tmp", O_WRONLY | 020200000, 0600));
    tell("openat2", syscall(437, AT_FDCWD, file, NULL, 0));
    tell("rename", rename(file, to));
    tell("rename-back", rename(to, file));
    tell("mkdir", mkdir(to, 0700));
    tell("chmod", chmod(file, 0777));
    tell("chown", chown(file, getuid(), getgid()));
    tell("link", link(file, to));
    tell("symlink", symlink(file, to));
    tell("truncate", truncate(file, 0));
}

static void *nothing(void *arg)
{
    return arg;
}

static void try_threads(void)
{
    const long thread = 0x00010900; /* and its memory and signal handlers */
    pthread_t t;
    errno = pthread_create(&t, NULL, nothing, NULL);
    tell("thread", errno ? -1 : 0);
    if (!errno)
        pthread_join(t, NULL);
    tell("namespace-thread",
         syscall(SYS_clone, thread | 0x10000000, 0, 0, 0, 0));
}

static void try_programs(void)
{
    char *const args[] = { (char[]){ "true" }, NULL };
    char *const none[] = { NULL };
    tell("execve", execve("/bin/true", args, none));
    tell("execveat",
         syscall(SYS_execveat, AT_FDCWD, "/bin/true", args, none, 0));
    tell("clone3", syscall(435, NULL, 0));
    tell("namespace", syscall(SYS_clone, 0x10000000 | SIGCHLD, 0, 0, 0, 0));
    tell("ptrace", ptrace(PTRACE_TRACEME, 0, NULL, NULL));
    tell("signal", kill(getppid(), 0));
    tell("code", mmap(NULL, 4096, PROT_READ | PROT_EXEC,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
                     ? -1
                     : 0);
}

static void try_others(void)
{
    pid_t child;
    tell("socket-inet", socket(AF_INET, SOCK_STREAM, 0));
    tell("socket-unix", socket(AF_UNIX, SOCK_STREAM, 0));
    tell("type-at-terminal", ioctl(STDIN_FILENO, TIOCSTI, "x"));
    tell("inotify", inotify_init1(IN_CLOEXEC));
    fflush(stdout);
    child = fork();
    if (child == 0)
        _exit(0);
    tell("fork", child);
    if (child > 0)
        waitpid(child, NULL, 0);
}

int main(int argc, char **argv)
{
    unsigned sets = 0;
    for (int i = 2; i < argc; i++)
        sets |= !strcmp(argv[i], "read")     ? IKW_CONFINE_READ
                : !strcmp(argv[i], "write")  ? IKW_CONFINE_WRITE
                : !strcmp(argv[i], "follow") ? IKW_CONFINE_FOLLOW
                                             : 0u;
    if (argc < 3 || !sets || !ikw_confine(sets)) {
        perror("cannot confine");
        return 2;
    }
    try_files(argv[1]);
    try_programs();
    try_threads();
    try_others();
    return 0;
}
