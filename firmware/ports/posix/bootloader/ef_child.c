#include "ef_child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../src/ef_monotonic.h"

static bool copy_payload(ef_flash *flash, uint8_t slot, uint32_t size_bytes, int fd)
{
    uint8_t buffer[16384];
    for (uint32_t done = 0; done < size_bytes;) {
        uint32_t part = size_bytes - done < sizeof buffer ? size_bytes - done : (uint32_t)sizeof buffer;
        if (ef_flash_read(flash, slot == 0 ? EF_REGION_SLOT_A : EF_REGION_SLOT_B, EF_HOST_HEADER_BYTES + done, buffer, part) != EF_OK)
            return false;
        for (uint32_t written = 0; written < part;) {
            ssize_t n = write(fd, buffer + written, part - written);
            if (n < 0 && errno == EINTR)
                continue;
            if (n <= 0)
                return false;
            written += (uint32_t)n;
        }
        done += part;
    }
    return true;
}

/* An executable file as a descriptor: in memory, or where that is not allowed in the state directory. */
static int payload_in_memory(ef_flash *flash, uint8_t slot, const ef_image *image)
{
    int fd = memfd_create("espforge-image", MFD_CLOEXEC);
    if (fd >= 0 && !copy_payload(flash, slot, image->payload_size_bytes, fd)) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

static bool payload_in_file(ef_flash *flash, uint8_t slot, const ef_image *image, const char *path)
{
    (void)unlink(path); /* a running one may not be written to, but may be unlinked */
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
    if (fd < 0)
        return false;
    bool ok = copy_payload(flash, slot, image->payload_size_bytes, fd);
    return close(fd) == 0 && ok;
}

/* The image is somebody's program: of the host's environment it gets what it needs to run, and none of the host's secrets. */
static void copy_environment(char **out, size_t cap)
{
    static const char *const passed[] = {"PATH=", "LANG=", "LC_ALL=", "TZ=", "SSL_CERT_FILE=", "SSL_CERT_DIR=", "ASAN_OPTIONS=", "UBSAN_OPTIONS="};
    size_t count = 0;
    for (char **entry = environ; entry != NULL && *entry != NULL; entry++)
        for (size_t i = 0; i < sizeof passed / sizeof passed[0]; i++)
            if (count + 1 < cap && strncmp(*entry, passed[i], strlen(passed[i])) == 0)
                out[count++] = *entry;
    out[count] = NULL;
}

static _Noreturn void run(int memory_fd, const char *file, char **argv, ef_flash *flash, uint8_t slot, const ef_image *image,
                          pid_t parent, int lock_fd)
{
    char *environment[32];
    sigset_t none;
    copy_environment(environment, sizeof environment / sizeof environment[0]);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)setpgid(0, 0); /* Ctrl-C is for the bootloader, which then ends the image */
    /* A killed bootloader takes its image with it: nothing may be left running behind a host that died. */
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(126);
    (void)fcntl(lock_fd, F_SETFD, 0);
    int null_fd = open("/dev/null", O_RDONLY);
    if (null_fd >= 0) {
        (void)dup2(null_fd, STDIN_FILENO);
        (void)close(null_fd);
    }
    if (memory_fd >= 0)
        (void)fexecve(memory_fd, argv, environment);
    if (payload_in_file(flash, slot, image, file))
        (void)execve(file, argv, environment);
    _exit(126);
}

ef_status ef_child_start(ef_child *child, ef_flash *flash, uint8_t slot, const ef_image *image, const ef_settings *settings, const char *reset, int argc,
                         char **argv, int lock_fd)
{
    char file[PATH_MAX];
    char slot_option[] = "--slot", slot_value[] = {(char)('a' + slot), 0};
    char reset_option[] = "--reset", reset_value[16];
    (void)snprintf(reset_value, sizeof reset_value, "%s", reset);
    char **child_argv = calloc((size_t)argc + 5, sizeof *child_argv);
    int n = snprintf(file, sizeof file, "%s/run_%c.elf", settings->state_dir, 'a' + slot);
    if (child_argv == NULL || n < 0 || (size_t)n >= sizeof file) {
        free(child_argv);
        return EF_FLASH_FAILED;
    }
    memcpy(child_argv, argv, (size_t)argc * sizeof *argv);
    child_argv[argc] = slot_option;
    child_argv[argc + 1] = slot_value;
    child_argv[argc + 2] = reset_option;
    child_argv[argc + 3] = reset_value;

    int memory_fd = payload_in_memory(flash, slot, image);
    pid_t parent = getpid();
    (void)fflush(NULL);
    child->started_ms = ef_monotonic_ms();
    child->pid = fork();
    if (child->pid == 0)
        run(memory_fd, file, child_argv, flash, slot, image, parent, lock_fd);
    int saved = errno;
    if (memory_fd >= 0)
        (void)close(memory_fd);
    free(child_argv);
    errno = saved;
    return child->pid > 0 ? EF_OK : EF_FLASH_FAILED;
}

int ef_child_stop(ef_child *child)
{
    int status = 0;
    (void)kill(child->pid, SIGTERM);
    for (int i = 0; i < 200; i++) {
        if (waitpid(child->pid, &status, WNOHANG) == child->pid) {
            child->pid = 0;
            return status;
        }
        (void)nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
    }
    (void)kill(child->pid, SIGKILL);
    (void)waitpid(child->pid, &status, 0);
    child->pid = 0;
    return status;
}
