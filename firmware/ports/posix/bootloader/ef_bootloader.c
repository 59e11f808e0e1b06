/* The bootloader of a virtual device: reads the boot record, checks the image of the chosen slot, runs it, and returns to the other slot when
 * a new image crashes or does not confirm in time. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <psa/crypto.h>

#include "../src/ef_boot_record.h"
#include "../src/ef_slot.h"
#include "../src/ef_monotonic.h"
#include "ef_child.h"

typedef enum ending { ENDING_CHILD, ENDING_TIMEOUT, ENDING_ASKED } ending;

typedef struct bootloader {
    ef_settings settings;
    int argc;
    char **argv;
    int lock_fd, signal_fd;
    bool stdin_open;
    ef_flash flash;
    const char *reset;  /* why the next start happens */
    bool sleeps;        /* the image asked to be started again after --sleep-ms */
    uint32_t fast_ends; /* how often in a row an image ended soon after its start */
} bootloader;

__attribute__((format(printf, 2, 3))) static void say(char level, const char *format, ...)
{
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    (void)printf("%c boot: %s\n", level, line);
    (void)fflush(stdout);
}

static bool lock_state(bootloader *b)
{
    char path[PATH_MAX];
    if (mkdir(b->settings.state_dir, 0700) != 0 && errno != EEXIST) {
        say('E', "cannot create %s: %s", b->settings.state_dir, strerror(errno));
        return false;
    }
    int n = snprintf(path, sizeof path, "%s/lock", b->settings.state_dir);
    b->lock_fd = n > 0 && (size_t)n < sizeof path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (b->lock_fd < 0) {
        say('E', "cannot open the state directory %s: %s", b->settings.state_dir, strerror(errno));
        return false;
    }
    /* The image of a bootloader that was killed dies with it, but perhaps a moment later. */
    for (int i = 0; i < 100; i++) {
        if (flock(b->lock_fd, LOCK_EX | LOCK_NB) == 0)
            return true;
        (void)nanosleep(&(struct timespec){.tv_nsec = 20 * 1000 * 1000}, NULL);
    }
    say('E', "another device runs on the state directory %s", b->settings.state_dir);
    return false;
}

/* A new device: the factory image into slot a, then who it is, then the boot record, which is what makes it a device. */
static bool install_factory(bootloader *b)
{
    ef_settings *s = &b->settings;
    ef_image image;
    if (s->factory_image == NULL || s->hardware_id[0] == 0 || s->product[0] == 0 || s->chip[0] == 0) {
        say('E', "the state directory is empty: a first start needs --factory, --hardware-id, --product and --chip");
        return false;
    }
    ef_status status = ef_slot_install(&b->flash, 0, s->factory_image, &image);
    if (status != EF_OK) {
        say('E', "factory image %s: %s", s->factory_image, status == EF_NOT_FOUND ? strerror(errno) : ef_status_code(status));
        return false;
    }
    if (strcmp(image.chip, s->chip) != 0) {
        say('E', "factory image %s is for %s, not for %s", s->factory_image, image.chip, s->chip);
        return false;
    }
    ef_boot_record record = {.slot = {{.state = EF_SLOT_VALID}, {.state = EF_SLOT_EMPTY}}};
    if (ef_settings_save_identity(s) != EF_OK || ef_boot_record_save(&b->flash, &record) != EF_OK) {
        say('E', "cannot write to %s: %s", s->state_dir, strerror(errno));
        return false;
    }
    say('I', "new device %s, factory image %s %s", s->hardware_id, image.project, image.version);
    return true;
}

static bool open_device(bootloader *b)
{
    ef_boot_record record;
    if (ef_flash_open(&b->flash, b->settings.state_dir, b->settings.slot_size_bytes) != EF_OK) {
        say('E', "cannot open the flash files in %s: %s", b->settings.state_dir, strerror(errno));
        return false;
    }
    ef_settings stored = b->settings;
    ef_status identity = ef_settings_load_identity(&stored);
    if (identity == EF_MALFORMED) {
        say('E', "%s/device is damaged", b->settings.state_dir);
        return false;
    }
    if (identity == EF_NOT_FOUND || (ef_boot_record_load(&b->flash, &record) == EF_NOT_FOUND && b->settings.factory_image != NULL))
        return install_factory(b);
    return true;
}

/* Waits for a signal, the end of stdin or the end of `wait_ms` (< 0: for ever). ENDING_CHILD also stands for "a child may have ended". */
static ending wait_for(bootloader *b, int64_t wait_ms)
{
    int64_t until = ef_monotonic_ms() + wait_ms;
    for (;;) {
        struct pollfd fds[2] = {{.fd = b->signal_fd, .events = POLLIN}, {.fd = b->stdin_open ? STDIN_FILENO : -1, .events = POLLIN}};
        int64_t left = wait_ms < 0 ? -1 : until - ef_monotonic_ms();
        if (wait_ms >= 0 && left < 0)
            left = 0;
        int n = poll(fds, 2, left > INT_MAX ? INT_MAX : (int)left);
        if (n == 0)
            return ENDING_TIMEOUT;
        if (n < 0)
            continue;
        if (fds[1].revents != 0) {
            char scrap[256];
            ssize_t got = read(STDIN_FILENO, scrap, sizeof scrap);
            if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
                return ENDING_ASKED;
        }
        if (fds[0].revents != 0) {
            struct signalfd_siginfo info;
            if (read(b->signal_fd, &info, sizeof info) == (ssize_t)sizeof info)
                return info.ssi_signo == SIGCHLD ? ENDING_CHILD : ENDING_ASKED;
        }
    }
}

static void describe_end(int status, double seconds, char *out, size_t cap)
{
    if (WIFSIGNALED(status))
        (void)snprintf(out, cap, "signal %d (%s) %.1f s after start", WTERMSIG(status), strsignal(WTERMSIG(status)), seconds);
    else
        (void)snprintf(out, cap, "exit code %d %.1f s after start", WEXITSTATUS(status), seconds);
}

static bool is_pending(bootloader *b, uint8_t slot)
{
    ef_boot_record record;
    return ef_boot_record_load(&b->flash, &record) == EF_OK && record.active == slot && record.slot[slot].state == EF_SLOT_PENDING_VERIFY;
}

/* Runs the image until it ends, hangs or this process is asked to end (then false). */
static bool run_image(bootloader *b, uint8_t slot, const ef_image *image)
{
    ef_child child;
    char detail[EF_DETAIL_CHARS + 1];
    bool pending = is_pending(b, slot);
    say('I', "slot %c, %s %s%s", 'a' + slot, image->project, image->version, pending ? ", to be confirmed" : "");
    if (ef_child_start(&child, &b->flash, slot, image, &b->settings, b->reset, b->argc, b->argv, b->lock_fd) != EF_OK) {
        say('E', "cannot start the image: %s", strerror(errno));
        b->fast_ends++;
        return true;
    }

    int64_t limit_ms = child.started_ms + b->settings.confirm_timeout_ms + EF_CONFIRM_GRACE_MS;
    int status = 0;
    for (;;) {
        int64_t now_ms = ef_monotonic_ms();
        ending end = wait_for(b, !pending ? -1 : limit_ms > now_ms ? limit_ms - now_ms : 0);
        if (end == ENDING_ASKED) {
            (void)ef_child_stop(&child);
            if (ef_boot_record_try_again(&b->flash, slot) != EF_OK)
                say('E', "cannot write the boot record: %s", strerror(errno));
            return false;
        }
        if (end == ENDING_CHILD && waitpid(child.pid, &status, WNOHANG) == child.pid)
            break;
        if (end == ENDING_TIMEOUT) {
            pending = is_pending(b, slot);
            if (!pending)
                continue;
            (void)kill(child.pid, SIGKILL);
            (void)waitpid(child.pid, &status, 0);
            b->reset = "watchdog";
            (void)snprintf(detail, sizeof detail, "The image hung and was stopped %.1f s after start.",
                           (double)(ef_monotonic_ms() - child.started_ms) / 1000.0);
            say('E', "%s", detail);
            if (ef_boot_record_leave(&b->flash, slot, EF_SLOT_ABORTED, EF_CONFIRM_TIMEOUT, detail) != EF_OK)
                say('E', "cannot write the boot record: %s", strerror(errno));
            return true;
        }
    }

    int64_t lived_ms = ef_monotonic_ms() - child.started_ms;
    b->sleeps = WIFEXITED(status) && WEXITSTATUS(status) == EF_EXIT_SLEEP && b->settings.sleep_ms > 0 && !is_pending(b, slot);
    bool wants_restart = (WIFEXITED(status) && WEXITSTATUS(status) == EF_EXIT_RESTART) || b->sleeps;
    b->reset = b->sleeps ? "deep-sleep" : wants_restart ? "software" : "panic";
    b->fast_ends = b->sleeps || lived_ms >= (wants_restart ? 1000 : 60000) ? 0 : b->fast_ends + 1;
    if (wants_restart) {
        say('I', "%s", b->sleeps ? "asleep" : "restart");
        return true;
    }
    describe_end(status, (double)lived_ms / 1000.0, detail, sizeof detail);
    say('E', "the image ended: %s", detail);
    if (is_pending(b, slot)) {
        say('W', "returning to slot %c", 'a' + 1 - slot);
        b->fast_ends = 0;
        if (ef_boot_record_leave(&b->flash, slot, EF_SLOT_ABORTED, EF_CRASHED, detail) != EF_OK)
            say('E', "cannot write the boot record: %s", strerror(errno));
    }
    return true;
}

/* 0 for the first two quick ends, then 0.5 s, doubling up to 30 s. */
static int64_t restart_delay_ms(uint32_t fast_ends)
{
    if (fast_ends < 2)
        return 0;
    uint32_t doublings = fast_ends - 2 > 6 ? 6 : fast_ends - 2;
    int64_t delay = (int64_t)500 << doublings;
    return delay > 30000 ? 30000 : delay;
}

static int run_device(bootloader *b)
{
    for (;;) {
        ef_image image[EF_SLOT_COUNT];
        bool good[EF_SLOT_COUNT];
        uint8_t slot;
        for (uint8_t i = 0; i < EF_SLOT_COUNT; i++)
            good[i] = ef_slot_check(&b->flash, i, &image[i]) == EF_OK;
        ef_status status = ef_boot_next(&b->flash, good, &slot);
        if (status != EF_OK) {
            say('E', "%s", status == EF_NOT_FOUND ? "neither slot holds an image that can be booted" : "cannot write the boot record");
            return 1;
        }
        if (!run_image(b, slot, &image[slot]))
            return 0;
        int64_t delay_ms = b->sleeps ? b->settings.sleep_ms : restart_delay_ms(b->fast_ends);
        if (delay_ms > 0 && !b->sleeps)
            say('W', "starting again in %.1f s", (double)delay_ms / 1000.0);
        for (int64_t until = ef_monotonic_ms() + delay_ms; delay_ms > 0; delay_ms = until - ef_monotonic_ms())
            if (wait_for(b, delay_ms) == ENDING_ASKED)
                return 0;
    }
}

int main(int argc, char **argv)
{
    bootloader b = {.argc = argc, .argv = argv, .lock_fd = -1, .signal_fd = -1, .reset = "power-on"};
    char error[256];
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        ef_settings_usage(stdout);
        return 0;
    }
    if (!ef_settings_parse(&b.settings, argc, argv, false, error, sizeof error)) {
        (void)fprintf(stderr, "ef_bootloader: %s\n\n", error);
        ef_settings_usage(stderr);
        return EF_EXIT_USAGE;
    }
    b.stdin_open = b.settings.follow_stdin;

    sigset_t signals;
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGCHLD);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGHUP);
    (void)signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &signals, NULL) != 0 || (b.signal_fd = signalfd(-1, &signals, SFD_CLOEXEC)) < 0) {
        say('E', "cannot set up signals: %s", strerror(errno));
        return 1;
    }
    if (psa_crypto_init() != PSA_SUCCESS) {
        say('E', "cannot set up the crypto library");
        return 1;
    }
    if (!lock_state(&b) || !open_device(&b))
        return 1;
    int code = run_device(&b);
    ef_flash_close(&b.flash);
    return code;
}
