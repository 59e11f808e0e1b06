/* What a device says of its silicon: the chip that --hardware plays, told with the first telemetry after a start. */
#include <string.h>

#include "device.h"
#include "ef_played_hardware.h"
#include "suites.h"

static fake_host host;
static device d;
static ef_hardware hardware;

static void configure(device *x, ef_agent_config *config)
{
    x->posix.hardware = &hardware;
    config->telemetry_ms = 1000;
}

static bool has_telemetry(const device *x)
{
    (void)x;
    return host.telemetry > 0;
}

static void lists_are_read(void **state)
{
    (void)state;
    ef_hardware h;
    assert_true(ef_played_hardware("revision=3.1,package=ESP32-PICO-V3-02,flash=8388608,flash-mode=dio,psram=2097152,psram-mode=quad", &h));
    assert_string_equal(h.chip_revision, "3.1");
    assert_string_equal(h.package, "ESP32-PICO-V3-02");
    assert_int_equal(h.flash_bytes, 8388608);
    assert_string_equal(h.flash_mode, "dio");
    assert_true(h.has_psram_bytes);
    assert_int_equal(h.psram_bytes, 2097152);
    assert_string_equal(h.psram_mode, "quad");
    assert_true(ef_played_hardware("psram=0", &h));
    assert_true(h.has_psram_bytes && h.psram_bytes == 0 && h.package[0] == 0 && h.flash_mode == NULL);
}

static void lists_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "flash", "flash=", "flash=1", "flash=2147483648", "flash=99999999999", "flash=-1", "flash=4M", "flash-mode=fast", "psram-mode=2", "psram=1073741825",
        "revision=", "revision=v3", "revision=1.2.3.4.5", "package=", "package=\t", "colour=red", "psram=0,psram=0", "flash=65536,flash=65536", "package=a,package=b",
        "package=0123456789012345678901234567890123456789012345678", "psram=0,", "flash-mode=dio,flash-mode=dio",
    };
    ef_hardware h;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (ef_played_hardware(bad[i], &h))
            fail_msg("%s was taken", bad[i]);
}

static void the_first_telemetry_after_a_start_tells_the_hardware(void **state)
{
    (void)state;
    assert_true(ef_played_hardware("revision=0.2,package=ESP32-C3 (QFN32),flash=4194304,flash-mode=dio,psram=0,psram-mode=none", &hardware));
    fake_host_init(&host);
    device_create(&d, &host);
    d.configure = configure;
    for (int starts = 0; starts < 2; starts++) {
        host.telemetry = 0;
        device_run_until(&d, has_telemetry);
        assert_non_null(strstr(host.last_telemetry, "\"hardware\":{\"chipRevision\":\"0.2\",\"package\":\"ESP32-C3 (QFN32)\",\"flashBytes\":4194304,"
                                                    "\"flashMode\":\"dio\",\"psramBytes\":0,\"psramMode\":\"none\"},\"samples\":["));
        host.telemetry = 0;
        device_run_until(&d, has_telemetry);
        assert_null(strstr(host.last_telemetry, "hardware"));
        device_cut(&d);
    }
    device_destroy(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_read),
        cmocka_unit_test(lists_that_make_no_sense_are_refused),
        cmocka_unit_test(the_first_telemetry_after_a_start_tells_the_hardware),
    };
    return cmocka_run_group_tests_name("hardware", tests, NULL, NULL);
}
