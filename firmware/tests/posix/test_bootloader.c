/* ef_bootloader as a process, with images that are good, crash, end and hang. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <psa/crypto.h>

#include "ef_boot_record.h"
#include "ef_slot.h"
#include "suites.h"

#define LONGEST_MS 20000

typedef struct process {
    pid_t pid;
    int in, out;
    char output[16384];
    size_t len;
} process;

static char dir[64], image_good[512];
static process p;

static int64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void start(char *const extra[])
{
    char *argv[48] = {(char *)EF_BOOTLOADER, (char *)"--state", dir, (char *)"--server", (char *)"http://127.0.0.1:1"};
    size_t count = 5;
    for (size_t i = 0; extra[i] != NULL; i++)
        argv[count++] = extra[i];
    int in[2], out[2];
    assert_int_equal(pipe2(in, O_CLOEXEC), 0);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    memset(&p, 0, sizeof p);
    p.pid = fork();
    assert_true(p.pid >= 0);
    if (p.pid == 0) {
        (void)dup2(in[0], STDIN_FILENO);
        (void)dup2(out[1], STDOUT_FILENO);
        (void)dup2(out[1], STDERR_FILENO);
        (void)execv(argv[0], argv);
        _exit(127);
    }
    (void)close(in[0]);
    (void)close(out[1]);
    p.in = in[1];
    p.out = out[0];
}

#define START(...) start((char *const[]){__VA_ARGS__, NULL})
#define FIRST (char *)"--factory", image_good, (char *)"--hardware-id", (char *)"HW:01", (char *)"--product", (char *)"lamp", (char *)"--chip", (char *)"esp32c3"

/* Reads until the text is there, or (NULL) until every writer of the output is gone. */
static void expect(const char *text)
{
    int64_t until = now_ms() + LONGEST_MS;
    while (text == NULL || strstr(p.output, text) == NULL) {
        struct pollfd fd = {.fd = p.out, .events = POLLIN};
        int64_t left = until - now_ms();
        if (left <= 0 || poll(&fd, 1, (int)left) <= 0)
            fail_msg("'%s' did not come; there is:\n%s", text == NULL ? "the end" : text, p.output);
        ssize_t n = read(p.out, p.output + p.len, sizeof p.output - 1 - p.len);
        if (n == 0 && text == NULL)
            return;
        if (n <= 0)
            fail_msg("the output ended without '%s':\n%s", text, p.output);
        p.len += (size_t)n;
        p.output[p.len] = 0;
    }
}

static int finish(void)
{
    int status;
    expect(NULL);
    assert_int_equal(waitpid(p.pid, &status, 0), p.pid);
    p.pid = 0;
    (void)close(p.in);
    (void)close(p.out);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int set_up(void **state)
{
    (void)state;
    (void)strcpy(dir, "/tmp/ef-boot-XXXXXX");
    (void)snprintf(image_good, sizeof image_good, "%s/image_good.efi", EF_IMAGES);
    memset(&p, 0, sizeof p);
    return mkdtemp(dir) != NULL && psa_crypto_init() == PSA_SUCCESS ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    if (p.pid > 0) {
        (void)kill(p.pid, SIGKILL);
        (void)waitpid(p.pid, NULL, 0);
    }
    DIR *list = opendir(dir);
    struct dirent *entry;
    while (list != NULL && (entry = readdir(list)) != NULL)
        if (entry->d_name[0] != '.')
            (void)unlinkat(dirfd(list), entry->d_name, 0);
    (void)closedir(list);
    return rmdir(dir);
}

/* A device that was on the factory image and has just switched to `image` in slot b. */
static void prepare_switch_to(const char *image)
{
    char path[512];
    ef_flash flash;
    ef_image read;
    START(FIRST);
    expect("STATE claiming\n");
    assert_int_equal(kill(p.pid, SIGTERM), 0);
    assert_int_equal(finish(), 0);
    (void)snprintf(path, sizeof path, "%s/%s.efi", EF_IMAGES, image);
    assert_int_equal(ef_flash_open(&flash, dir, 0), EF_OK);
    assert_int_equal(ef_slot_install(&flash, 1, path, &read), EF_OK);
    assert_int_equal(ef_boot_record_switch(&flash, 1), EF_OK);
    ef_flash_close(&flash);
}

static ef_boot_record record(void)
{
    ef_flash flash;
    ef_boot_record r;
    assert_int_equal(ef_flash_open(&flash, dir, 0), EF_OK);
    assert_int_equal(ef_boot_record_load(&flash, &r), EF_OK);
    ef_flash_close(&flash);
    return r;
}

static void a_first_start_installs_the_factory_image_and_later_ones_need_only_the_state(void **state)
{
    (void)state;
    START(FIRST);
    expect("I boot: new device HW:01, factory image good 1.0.0\n");
    expect("I boot: slot a, good 1.0.0\n");
    expect("I app: this is good\n");
    assert_int_equal(kill(p.pid, SIGTERM), 0);
    assert_int_equal(finish(), 0);
    START((char *)"--poll-ms", (char *)"500");
    expect("I app: this is good\n");
    assert_null(strstr(p.output, "new device"));
    assert_int_equal(kill(p.pid, SIGINT), 0);
    assert_int_equal(finish(), 0);
}

static void a_first_start_without_an_identity_changes_nothing(void **state)
{
    (void)state;
    START((char *)"--factory", image_good);
    expect("needs --factory, --hardware-id, --product and --chip");
    assert_int_equal(finish(), 1);
    START(FIRST);
    expect("I app: this is good\n");
}

static void a_factory_image_for_another_chip_is_refused(void **state)
{
    (void)state;
    START((char *)"--factory", image_good, (char *)"--hardware-id", (char *)"HW:01", (char *)"--product", (char *)"lamp", (char *)"--chip",
          (char *)"esp32s3");
    expect("is for esp32c3, not for esp32s3");
    assert_int_equal(finish(), 1);
    START(FIRST);
    expect("I app: this is good\n");
}

static void wrong_options_are_told_with_exit_code_2(void **state)
{
    (void)state;
    START((char *)"--poll-ms", (char *)"soon");
    expect("--poll-ms: 'soon' is not allowed");
    assert_int_equal(finish(), 2);
    START((char *)"--rssi-dbm", (char *)"60");
    expect("--rssi-dbm: '60' is not allowed");
    assert_int_equal(finish(), 2);
    START((char *)"--colour", (char *)"red");
    expect("--colour is not an option");
    assert_int_equal(finish(), 2);
}

static void a_new_image_that_crashes_is_left_for_the_old_one(void **state)
{
    (void)state;
    prepare_switch_to("image_abort");
    START((char *)"--verbose");
    expect("I boot: slot b, abort 1.0.0, to be confirmed\n");
    expect("I app: this is abort\n");
    expect("E boot: the image ended: signal 6 (Aborted)");
    expect("W boot: returning to slot a\n");
    expect("I boot: slot a, good 1.0.0\n");
    expect("I app: this is good\n");
    ef_boot_record r = record();
    assert_int_equal(r.active, 0);
    assert_int_equal(r.slot[1].state, EF_SLOT_ABORTED);
    assert_int_equal(r.slot[1].failure, EF_CRASHED);
    assert_memory_equal(r.slot[1].detail, "signal 6 (Aborted) ", 19);
    assert_non_null(strstr(r.slot[1].detail, " s after start"));
}

static void a_new_image_that_ends_is_left_for_the_old_one(void **state)
{
    (void)state;
    prepare_switch_to("image_exit");
    START((char *)"--verbose");
    expect("I app: this is exit\n");
    expect("I app: this is good\n");
    ef_boot_record r = record();
    assert_int_equal(r.slot[1].state, EF_SLOT_ABORTED);
    assert_memory_equal(r.slot[1].detail, "exit code 3 ", 12);
}

static void a_new_image_that_hangs_is_stopped_and_left(void **state)
{
    (void)state;
    prepare_switch_to("image_hang");
    START((char *)"--soak-ms", (char *)"10", (char *)"--confirm-timeout-ms", (char *)"300");
    expect("I app: this is hang\n");
    expect("I app: this is good\n");
    ef_boot_record r = record();
    assert_int_equal(r.slot[1].state, EF_SLOT_ABORTED);
    assert_int_equal(r.slot[1].failure, EF_CONFIRM_TIMEOUT);
}

static void a_device_that_is_switched_off_on_probation_gives_the_image_another(void **state)
{
    (void)state;
    prepare_switch_to("image_good");
    START((char *)"--soak-ms", (char *)"5000", (char *)"--confirm-timeout-ms", (char *)"9000");
    expect("I boot: slot b, good 1.0.0, to be confirmed\n");
    expect("I app: this is good\n");
    assert_int_equal(kill(p.pid, SIGTERM), 0);
    assert_int_equal(finish(), 0);
    assert_int_equal(record().slot[1].state, EF_SLOT_NEW);
    START((char *)"--soak-ms", (char *)"5000", (char *)"--confirm-timeout-ms", (char *)"9000");
    expect("I boot: slot b, good 1.0.0, to be confirmed\n");
    assert_int_equal(kill(p.pid, SIGTERM), 0);
    assert_int_equal(finish(), 0);
}

static void a_new_image_without_a_host_gives_up_by_itself(void **state)
{
    (void)state;
    prepare_switch_to("image_good");
    START((char *)"--soak-ms", (char *)"10", (char *)"--confirm-timeout-ms", (char *)"300");
    expect("I boot: slot b, good 1.0.0, to be confirmed\n");
    expect("I boot: restart\n");
    expect("I boot: slot a, good 1.0.0\n");
    ef_boot_record r = record();
    assert_int_equal(r.slot[1].state, EF_SLOT_INVALID);
    assert_int_equal(r.slot[1].failure, EF_CONFIRM_TIMEOUT);
    assert_string_equal(r.slot[1].detail, "The host did not answer within 0.3 s.");
}

static void a_confirmed_image_that_crashes_is_started_again_more_and_more_slowly(void **state)
{
    (void)state;
    prepare_switch_to("image_abort");
    ef_flash flash;
    assert_int_equal(ef_flash_open(&flash, dir, 0), EF_OK);
    assert_int_equal(ef_boot_record_confirm(&flash, 1), EF_OK);
    ef_flash_close(&flash);
    START((char *)"--verbose");
    expect("W boot: starting again in 0.5 s\n");
    expect("W boot: starting again in 1.0 s\n");
    assert_int_equal(record().slot[1].state, EF_SLOT_VALID);
    assert_int_equal(kill(p.pid, SIGTERM), 0);
    assert_int_equal(finish(), 0);
}

static void a_state_directory_has_one_device(void **state)
{
    (void)state;
    START(FIRST);
    expect("I app: this is good\n");
    process first = p;
    START((char *)"--verbose");
    expect("E boot: another device runs on the state directory");
    assert_int_equal(finish(), 1);
    p = first;
}

static void the_device_ends_with_its_stdin(void **state)
{
    (void)state;
    START(FIRST, (char *)"--follow-stdin");
    expect("I app: this is good\n");
    (void)close(p.in);
    p.in = -1;
    assert_int_equal(finish(), 0); /* which waits until nobody holds the output: the image is gone too */
}

static void a_killed_bootloader_takes_its_image_with_it(void **state)
{
    (void)state;
    START(FIRST);
    expect("I app: this is good\n");
    assert_int_equal(kill(p.pid, SIGKILL), 0);
    expect(NULL);
    (void)waitpid(p.pid, NULL, 0);
    p.pid = 0;
    START((char *)"--verbose");
    expect("I app: this is good\n");
}

static void a_damaged_slot_is_not_run(void **state)
{
    (void)state;
    prepare_switch_to("image_good");
    char path[128];
    (void)snprintf(path, sizeof path, "%s/slot_b.bin", dir);
    int fd = open(path, O_RDWR);
    uint8_t byte;
    assert_int_equal(pread(fd, &byte, 1, 5000), 1);
    byte ^= 0xFF;
    assert_int_equal(pwrite(fd, &byte, 1, 5000), 1);
    (void)close(fd);
    START((char *)"--verbose");
    expect("I boot: slot a, good 1.0.0\n");
    ef_boot_record r = record();
    assert_int_equal(r.slot[1].state, EF_SLOT_ABORTED);
    assert_string_equal(r.slot[1].detail, "The image in the slot did not pass the bootloader's check.");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_first_start_installs_the_factory_image_and_later_ones_need_only_the_state),
        T(a_first_start_without_an_identity_changes_nothing),
        T(a_factory_image_for_another_chip_is_refused),
        T(wrong_options_are_told_with_exit_code_2),
        T(a_new_image_that_crashes_is_left_for_the_old_one),
        T(a_new_image_that_ends_is_left_for_the_old_one),
        T(a_new_image_that_hangs_is_stopped_and_left),
        T(a_device_that_is_switched_off_on_probation_gives_the_image_another),
        T(a_new_image_without_a_host_gives_up_by_itself),
        T(a_confirmed_image_that_crashes_is_started_again_more_and_more_slowly),
        T(a_state_directory_has_one_device),
        T(the_device_ends_with_its_stdin),
        T(a_killed_bootloader_takes_its_image_with_it),
        T(a_damaged_slot_is_not_run),
    };
    return cmocka_run_group_tests_name("bootloader", tests, NULL, NULL);
}
