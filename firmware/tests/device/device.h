/* A device in this process: the real agent, flash, boot record and bootloader's decision; a fake host, a fake clock, and images that are
 * only data. */
#ifndef EF_TEST_DEVICE_H
#define EF_TEST_DEVICE_H

#include "ef_boot_record.h"
#include "ef_posix_port.h"
#include "ef_slot.h"
#include "fake_host.h"
#include "fake_link.h"

#ifndef SLOT_BYTES
#define SLOT_BYTES (64u * 1024u)
#endif
#ifndef FACTORY_BYTES
#define FACTORY_BYTES 9000u
#endif
#define FACTORY_VERSION "1.0.0"

typedef enum run_end { RUN_GOAL, RUN_TIME_UP, RUN_POWER_OFF } run_end;

typedef struct device {
    fake_host *host;
    char dir[64];
    ef_flash flash;
    ef_posix posix;
    ef_port port;
    ef_agent agent;
    ef_all_parts parts;
    bool core_only; /* the agent without any part */
    int64_t now_ms;
    uint32_t random_state;
    uint32_t most_wait_ms; /* between two steps; 0 = 50 */

    /* What the device has stored: never less at any later start. */
    uint64_t least_sequence, least_generation;
    uint32_t least_epoch;

    ef_image image; /* running */
    bool on;
    int64_t booted_ms;
    uint32_t boots, switch_count;
    bool was_cut_while_pending;

    const char *crashing_version; /* an image of this version ends by a signal soon after its start */
    const char *failing_version;  /* its self-test says no */
    fake_link *link; /* the messages channel; NULL: a port without one */
    void (*configure)(struct device *d, ef_agent_config *config); /* of the next boots */
    uint32_t sleeps;
    int64_t slept_ms;
    void (*registers)(struct device *d); /* called after every start: self-tests of the application */
    bool verbose;
    char last_event[128];
    char pairing[128];
} device;

/* A new device with a factory image in slot a, switched off. */
void device_create(device *d, fake_host *host);
void device_destroy(device *d);
/* Boots as ef_bootloader does. Fails the test when nothing can be booted. */
void device_boot(device *d);
/* The power fails now: RAM is gone, flash is as it is. */
void device_cut(device *d);
/* Runs (and restarts when the agent asks for it) until the goal is met, fake time is up, or the flash lost its power. Boots when off. */
run_end device_run(device *d, int64_t ms, bool (*goal)(const device *d));
void device_run_until(device *d, bool (*goal)(const device *d));
ef_boot_record device_record(device *d);

bool is_idle(const device *d);      /* claimed, nothing under way */
bool offer_has_ended(const device *d); /* the host was told how the present offer ended, and the device is idle */

#endif
