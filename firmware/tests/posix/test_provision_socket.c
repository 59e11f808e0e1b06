/* A virtual device is given its network over the Unix socket that stands for its serial line: the real bootloader, image and agent. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../codecs/suites.h"

#define PATIENCE 600 /* of 50 ms */

static char dir[64], room[96], path[96], state_dir[96];
static pid_t device;
static int line = -1;

static void write_room(const char *text)
{
    FILE *file = fopen(room, "we");
    assert_non_null(file);
    (void)fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void rest(void)
{
    (void)nanosleep(&(struct timespec){.tv_nsec = 50 * 1000 * 1000}, NULL);
}

static void switch_on(void)
{
    device = fork();
    if (device == 0) {
        int null = open("/dev/null", O_RDWR);
        (void)dup2(null, STDOUT_FILENO);
        (void)execl(EF_BOOTLOADER, EF_BOOTLOADER, "--state", state_dir, "--server", "http://127.0.0.1:9", "--factory", EF_IMAGES "/image_good.efi",
                    "--hardware-id", "HW:01", "--product", "lamp", "--chip", "esp32c3", "--radio", room, "--provision-socket", path, (char *)NULL);
        _exit(127);
    }
    assert_true(device > 0);
}

static void switch_off(void)
{
    int status;
    if (line >= 0)
        (void)close(line);
    line = -1;
    (void)kill(device, SIGTERM);
    assert_int_equal(waitpid(device, &status, 0), device);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void plug_in(void)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    (void)snprintf(name.sun_path, sizeof name.sun_path, "%s", path);
    for (int i = 0; i < PATIENCE; i++) {
        line = socket(AF_UNIX, SOCK_STREAM, 0);
        if (connect(line, (struct sockaddr *)&name, sizeof name) == 0)
            return;
        (void)close(line);
        rest();
    }
    fail_msg("the device has no serial line: %s", strerror(errno));
}

static void say(const char *data, uint8_t len)
{
    uint8_t frame[300] = {'I', 'M', 'P', 'R', 'O', 'V', 1, 3, len};
    memcpy(frame + 9, data, len);
    for (size_t i = 0; i < 9u + len; i++)
        frame[9 + len] = (uint8_t)(frame[9 + len] + frame[i]);
    assert_int_equal(send(line, frame, 10u + len, MSG_NOSIGNAL), 10 + len);
}

#define SAY(text) say(text, sizeof text - 1)

static void read_all(uint8_t *out, size_t len)
{
    for (size_t done = 0; done < len;) {
        ssize_t n = recv(line, out + done, len - done, 0);
        assert_true(n > 0);
        done += (size_t)n;
    }
}

static void hear(uint8_t type, const char *data, size_t len)
{
    uint8_t frame[300];
    read_all(frame, 9);
    read_all(frame + 9, frame[8] + 2u);
    assert_memory_equal(frame, "IMPROV\x01", 7);
    assert_int_equal(frame[7], type);
    assert_int_equal(frame[8], len);
    assert_memory_equal(frame + 9, data, len);
}

#define HEAR(type, text) hear(type, text, sizeof text - 1)

static int set_up(void **state)
{
    (void)state;
    (void)strcpy(dir, "/tmp/ef-provision-XXXXXX");
    assert_non_null(mkdtemp(dir));
    (void)snprintf(room, sizeof room, "%s/room", dir);
    (void)snprintf(path, sizeof path, "%s/line", dir);
    (void)snprintf(state_dir, sizeof state_dir, "%s/state", dir);
    write_room("Workshop\t-48\tcorrect horse\nGuest\t-71\t\n");
    switch_on();
    plug_in();
    return 0;
}

static int tear_down(void **state)
{
    char command[160];
    (void)state;
    if (line >= 0)
        switch_off();
    (void)snprintf(command, sizeof command, "rm -rf '%s'", dir);
    assert_int_equal(system(command), 0);
    return 0;
}

static void a_client_scans_mistypes_and_joins(void **state)
{
    (void)state;
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    SAY("\x02\x00");
    HEAR(2, "\x00");
    HEAR(1, "\x02");
    SAY("\x03\x00");
    HEAR(2, "\x00");
    HEAR(4, "\x03\x19\x04lamp\x05" "1.0.0\x07" "esp32c3\x05HW:01");
    SAY("\x04\x00");
    HEAR(2, "\x00");
    HEAR(4, "\x04\x11\x08Workshop\x03-48\x03YES");
    HEAR(4, "\x04\x0D\x05Guest\x03-71\x02NO");
    HEAR(4, "\x04\x00");
    SAY("\x01\x15\x08Workshop\x0Bwrong horse");
    HEAR(2, "\x00");
    HEAR(1, "\x03");
    HEAR(2, "\x03");
    HEAR(1, "\x02");
    SAY("\x01\x17\x08Workshop\x0D" "correct horse");
    HEAR(2, "\x00");
    HEAR(1, "\x03");
    HEAR(1, "\x04");
    HEAR(4, "\x01\x00");

    /* It is kept: after a restart it joins by itself. */
    switch_off();
    char kv[128];
    (void)snprintf(kv, sizeof kv, "%s/kv.bin", state_dir);
    assert_int_equal(stat(kv, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    switch_on();
    for (int i = 0;; i++) {
        uint8_t frame[300];
        assert_true(i < PATIENCE);
        plug_in();
        SAY("\x02\x00");
        HEAR(2, "\x00");
        read_all(frame, 12);
        assert_int_equal(frame[7], 1);
        if (frame[9] == 4)
            break;
        (void)close(line);
        rest();
    }
}

static void noise_on_the_line_does_no_harm(void **state)
{
    (void)state;
    uint8_t noise[4096];
    uint32_t seed = 7;
    for (size_t i = 0; i < sizeof noise; i++) {
        seed = seed * 1664525u + 1013904223u;
        noise[i] = (uint8_t)(seed >> 24);
    }
    assert_int_equal(send(line, noise, sizeof noise, MSG_NOSIGNAL), sizeof noise);
    SAY("\x02\x00");
    HEAR(2, "\x00");
    HEAR(1, "\x02");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_client_scans_mistypes_and_joins, set_up, tear_down),
        cmocka_unit_test_setup_teardown(noise_on_the_line_does_no_harm, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("provision socket", tests, NULL, NULL);
}
