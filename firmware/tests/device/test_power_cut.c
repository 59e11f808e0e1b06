/* The proof that nothing can brick a device or talk it into an old or wrong image: whole lives of the real agent on flash in memory. A life is
 * lived once, and before every single change of flash and every sync everything there is (flash, host, clock) is put aside. Then each of these
 * moments is taken up again, once for every way in which the power can go there, and the device is switched on:
 *
 *   whole      the change did not happen, or happened just before the power went
 *   torn       the change stopped at a byte; or there, and the bytes behind it are half written
 *   reordered  of the changes since the last sync some did not reach flash, or reached it in another order
 *   again      and soon after the power has come back it goes once more
 *
 * Wherever that is: an image boots that is whole and meant for the device; sequence, epoch and key generation are not below what was stored
 * (device.c looks at every start); the host hears how the offer ended; the old manifest is refused; the next update arrives.
 *
 * Scenarios are the table of power_cut_scenarios.c: one more is one more row. `test_power_cut [EVERY]` takes every EVERYth cut only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "device.h"
#include "memory_flash.h"
#include "power_cut.h"
#include "suites.h"
#define RUN_MS (10 * 60 * 1000)
#define MOMENTS_MAX 512u
#define WORKERS 2
#define SUBSET_OF 5u /* of the last changes that are not synced, every subset is lost once */
#define TORN_BYTES 3u /* between two places where a write tears */
#define TORN_ERASE_BYTES 37u
#define OLD_KID "0123456789abcdef0123456789abcdef"
#define NEW_KID "fedcba9876543210fedcba9876543210"

fake_host host;
device d;
signer old_key, new_key;

/* Everything there is, before a change. */
typedef struct moment {
    fake_host host;
    device device;
    memory_state flash;
    uint32_t next_count;
    memory_change next[3];
    bool next_erases;
    uint8_t next_data[EF_KV_BANK_BYTES];
} moment;

static moment *moments;
static uint32_t moment_count;
static const scenario *playing;

/* Shared by the workers. */
static struct counts {
    uint64_t whole, torn, reordered, again, rollbacks;
} *counts;
static int worker;
static uint32_t every = 1, chosen;
static char way[96]; /* in which the power went, for a failure's words */

/* Verifying a signature is what takes time, and it is the same few documents in every life: the library is asked once about each. */
psa_status_t __real_psa_verify_hash(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *hash, size_t hash_length, const uint8_t *signature,
                                    size_t signature_length);
psa_status_t __wrap_psa_verify_hash(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *hash, size_t hash_length, const uint8_t *signature,
                                    size_t signature_length);
psa_status_t __wrap_psa_verify_hash(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *hash, size_t hash_length, const uint8_t *signature,
                                    size_t signature_length)
{
    static struct {
        uint8_t public_key[65], hash[32], signature[64];
        psa_status_t status;
    } known[32];
    static size_t count;
    uint8_t public_key[65] = {0};
    size_t len = 0;
    if (psa_export_public_key(key, public_key, sizeof public_key, &len) != PSA_SUCCESS || hash_length != 32 || signature_length != 64)
        return __real_psa_verify_hash(key, alg, hash, hash_length, signature, signature_length);
    for (size_t i = 0; i < count; i++)
        if (memcmp(known[i].public_key, public_key, 65) == 0 && memcmp(known[i].hash, hash, 32) == 0 && memcmp(known[i].signature, signature, 64) == 0)
            return known[i].status;
    psa_status_t status = __real_psa_verify_hash(key, alg, hash, hash_length, signature, signature_length);
    if (count < 32) {
        memcpy(known[count].public_key, public_key, 65);
        memcpy(known[count].hash, hash, 32);
        memcpy(known[count].signature, signature, 64);
        known[count++].status = status;
    }
    return status;
}

/* --- the life that is recorded --- */

static void put_aside(void)
{
    assert_true(moment_count < MOMENTS_MAX);
    moment *m = &moments[moment_count++];
    m->host = host;
    m->device = d;
    m->flash = memory.state;
    m->next_count = memory.next_count;
    m->next_erases = memory.next_data == NULL;
    memcpy(m->next, memory.next, sizeof m->next);
    size_t len = 0;
    for (uint32_t i = 0; i < memory.next_count; i++)
        len += memory.next[i].len;
    if (!m->next_erases && len > 0)
        memcpy(m->next_data, memory.next_data, len);
}

static void prepare_device(const scenario *s)
{
    fake_host_init(&host);
    if (old_key.id == 0) {
        old_key = host.signer;
        new_key = signer_new(NEW_KID);
    }
    host.image_len = make_image(host.image, NEW_VERSION, "esp32c3", 8200);
    device_create(&d, &host);
    d.most_wait_ms = 1000;
    d.crashing_version = s->crashing_version;
    d.failing_version = s->failing_version;
    s->prepare();
}

static void record_life(const scenario *s)
{
    playing = s;
    moment_count = 0;
    prepare_device(s);
    memory.about_to = put_aside;
    assert_int_equal(device_run(&d, RUN_MS, s->goal), RUN_GOAL);
    memory.about_to = NULL;
    assert_string_equal(fake_host_terminal(&host, host.offer_id), s->expected);
    device_destroy(&d);
}

/* --- what must be so --- */

static void check_image(void)
{
    assert_true(strcmp(d.image.version, FACTORY_VERSION) == 0 || strcmp(d.image.version, NEW_VERSION) == 0 || strcmp(d.image.version, NEXT_VERSION) == 0);
    ef_boot_record record = device_record(&d);
    if (record.switch_count >= 1) /* a release whose slot was ever switched has its sequence spent */
        assert_true(d.agent.record.sequence >= 10);
    assert_int_equal(record.active, d.posix.running_slot);
}

static void get_on(void)
{
    for (int restarts = 0; restarts < 8; restarts++) {
        run_end end = device_run(&d, RUN_MS, playing->goal);
        if (end == RUN_GOAL) {
            check_image();
            return;
        }
        assert_int_equal(end, RUN_POWER_OFF);
        device_cut(&d);
    }
    fail_msg("the device does not get on");
}

/* The device goes on from here and must come to a good end. */
static void live_on(bool with_next_update)
{
    uint32_t boots = d.boots;
    get_on();
    assert_true(d.boots > boots);
    const char *ended = fake_host_terminal(&host, host.offer_id);
    const seen_report *last = fake_host_report(&host, ended);
    if (strcmp(ended, playing->expected) != 0 || strcmp(last->error, playing->expected_code) != 0) {
        /* A new image that lost its power before it was confirmed is left, as ESP-IDF's bootloader leaves it. */
        if (strcmp(ended, "rolledBack") != 0 || strcmp(last->error, "crashed") != 0 || !d.was_cut_while_pending)
            fail_msg("%s, %s, cut %u: %s %s. %s", playing->name, way, chosen, ended, last->error, last->detail);
        counts[worker].rollbacks++;
    }
    ef_boot_record record = device_record(&d);
    assert_string_equal(d.image.version, strcmp(ended, "confirmed") == 0 ? NEW_VERSION : FACTORY_VERSION);
    assert_int_equal(record.slot[d.posix.running_slot].state, EF_SLOT_VALID);
    assert_int_equal(d.agent.record.sequence, 10);
    assert_false(d.agent.record.pending.present);
    if (playing->after != NULL)
        playing->after();

    const buffer taken = host.manifest;
    fake_host_offer_document(&host, &taken); /* the same release again, whether it was kept or left */
    uint32_t downloads = host.downloads;
    device_run_until(&d, offer_has_ended);
    assert_string_equal(fake_host_terminal(&host, host.offer_id), "rejected");
    assert_string_equal(fake_host_report(&host, "rejected")->error, "sequence-old");
    assert_int_equal(host.downloads, downloads);
    if (!with_next_update)
        return;
    host.image_len = make_image(host.image, NEXT_VERSION, "esp32c3", 3000);
    fake_host_offer_version(&host, NEXT_VERSION);
    device_run_until(&d, offer_has_ended);
    assert_string_equal(fake_host_terminal(&host, host.offer_id), "confirmed");
    assert_string_equal(d.image.version, NEXT_VERSION);
    check_image();
}

/* --- the ways in which the power can go --- */

static bool take_turn(void)
{
    chosen++;
    return chosen % every == 0 && chosen / every % WORKERS == (uint32_t)worker;
}

/* Flash as of the last sync, and nothing that came after. */
static void restore(const moment *m)
{
    host = m->host;
    d = m->device;
    d.on = false;
    d.flash.cut_at = 0;
    for (int i = 0; i < EF_CHANNEL_COUNT; i++)
        fake_host_end(&host, (ef_channel)i);
    memcpy(memory.now, m->flash.durable, sizeof memory.now);
}

static uint32_t pending_count(const moment *m)
{
    return m->flash.count + m->next_count;
}

/* Of the changes that are not synced, in order; the one that was about to happen is at the end. */
static void apply(const moment *m, uint32_t index)
{
    if (index < m->flash.count) {
        const memory_change *c = &m->flash.changes[index];
        if (c->data == MEMORY_ERASED)
            memset(memory.now + c->at, 0xFF, c->len);
        else
            memcpy(memory.now + c->at, m->flash.arena + c->data, c->len);
        return;
    }
    const memory_change *c = &m->next[index - m->flash.count];
    if (m->next_erases)
        memset(memory.now + c->at, 0xFF, c->len);
    else
        memcpy(memory.now + c->at, m->next_data + c->data, c->len);
}

/* What is in flash now is what there is. */
static void settle(void)
{
    ef_boot_record record;
    memcpy(memory.state.durable, memory.now, sizeof memory.now);
    memory.state.count = memory.state.used = 0;
    if (ef_boot_record_load(&d.flash, &record) == EF_OK && record.slot[record.active].state == EF_SLOT_PENDING_VERIFY)
        d.was_cut_while_pending = true;
}

static void power_on(void)
{
    settle();
    live_on(chosen / every / WORKERS % 16 == 0);
    device_cut(&d);
}

static void whole(const moment *m)
{
    for (uint32_t happened = 0; happened <= (m->next_count > 0); happened++) {
        if (!take_turn())
            continue;
        restore(m);
        for (uint32_t i = 0; i < m->flash.count + (happened ? m->next_count : 0); i++)
            apply(m, i);
        (void)snprintf(way, sizeof way, "moment %u, change happened %u", (unsigned)(m - moments), happened);
        counts[worker].whole++;
        power_on();
    }
}

/* `reached` bytes of the change are as they should be; with `frayed`, the next ones are on the way there. */
static void tear(const moment *m, uint32_t reached, bool frayed)
{
    const uint32_t at = m->next[0].at;
    uint32_t len = 0, random = reached * 2654435761u + 1u;
    for (uint32_t i = 0; i < m->next_count; i++)
        len += m->next[i].len;
    for (uint32_t i = 0; i < m->flash.count; i++)
        apply(m, i);
    for (uint32_t i = 0; i < len && i < reached + (frayed ? 48u : 0u); i++) {
        const uint8_t wanted = m->next_erases ? 0xFF : m->next_data[i];
        random = random * 1664525u + 1013904223u;
        const uint8_t mask = (uint8_t)(random >> 24), present = memory.now[at + i];
        memory.now[at + i] = i < reached ? wanted : (uint8_t)((present & mask) | (wanted & ~mask));
    }
}

static void torn(const moment *m)
{
    uint32_t len = 0;
    for (uint32_t i = 0; i < m->next_count; i++)
        len += m->next[i].len;
    for (uint32_t reached = 1; reached < len; reached += m->next_erases ? TORN_ERASE_BYTES : TORN_BYTES) {
        for (uint32_t frayed = 0; frayed <= 1; frayed++) {
            if (!take_turn())
                continue;
            restore(m);
            tear(m, reached, frayed != 0);
            (void)snprintf(way, sizeof way, "moment %u, torn at byte %u, frayed %u", (unsigned)(m - moments), reached, frayed);
            counts[worker].torn++;
            power_on();
        }
    }
}

static void reordered(const moment *m)
{
    const uint32_t count = pending_count(m), open = count < SUBSET_OF ? count : SUBSET_OF, sure = count - open;
    for (uint32_t lost = 1; lost < 1u << open; lost++) { /* every subset of the last ones */
        if (!take_turn())
            continue;
        restore(m);
        (void)snprintf(way, sizeof way, "moment %u, of %u not synced lost 0x%x", (unsigned)(m - moments), count, lost);
        for (uint32_t i = 0; i < count; i++)
            if (i < sure || (lost >> (i - sure) & 1u) == 0)
                apply(m, i);
        counts[worker].reordered++;
        power_on();
    }
    for (uint32_t last = SUBSET_OF + 1; last <= count; last++) { /* more of the last ones */
        if (!take_turn())
            continue;
        restore(m);
        (void)snprintf(way, sizeof way, "moment %u, of %u not synced lost the last %u", (unsigned)(m - moments), count, last);
        for (uint32_t i = 0; i < count - last; i++)
            apply(m, i);
        counts[worker].reordered++;
        power_on();
    }
    for (uint32_t last = 2; last <= count; last++) { /* backwards; and each of them last */
        for (uint32_t turned = 0; turned < 2; turned++) {
            if (!take_turn())
                continue;
            restore(m);
            (void)snprintf(way, sizeof way, "moment %u, of %u not synced the last %u in another order, %u", (unsigned)(m - moments), count, last, turned);
            for (uint32_t i = 0; i < count - last; i++)
                apply(m, i);
            if (turned == 0)
                for (uint32_t i = count; i-- > count - last;)
                    apply(m, i);
            else
                for (uint32_t i = 0; i < last; i++)
                    apply(m, count - last + (i + 1) % last);
            counts[worker].reordered++;
            power_on();
        }
    }
}

/* Once more, a few changes later, and once more after that. */
static void again(const moment *m)
{
    for (uint32_t later = 1; later <= 6; later++) {
        for (uint32_t is_torn = 0; is_torn <= 1; is_torn++) {
            if (!take_turn())
                continue;
            restore(m);
            (void)snprintf(way, sizeof way, "moment %u, then twice %u changes later, torn %u", (unsigned)(m - moments), later, is_torn);
            for (uint32_t i = 0; i < m->flash.count; i++)
                apply(m, i);
            for (int times = 0; times < 2; times++) {
                settle();
                d.flash.cut_at = d.flash.changes + later;
                d.flash.cut_is_torn = is_torn != 0;
                if (device_run(&d, RUN_MS, playing->goal) == RUN_GOAL) /* it does not write that often any more */
                    break;
                device_cut(&d);
            }
            device_cut(&d);
            counts[worker].again++;
            power_on();
        }
    }
}

static void nothing_that_a_power_cut_can_do_does_harm(void **state)
{
    (void)state;
    for (size_t i = 0; i < scenario_count; i++) {
        record_life(&scenarios[i]);
        for (uint32_t n = 0; n < moment_count; n++) {
            const moment *m = &moments[n];
            whole(m);
            torn(m);
            reordered(m);
            again(m);
        }
        if (worker == 0)
            print_message("[ CUTS     ] %s: %u moments, %u cuts so far\n", scenarios[i].name, moment_count, chosen / every);
    }
}

static int work(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_that_a_power_cut_can_do_does_harm)};
    moments = calloc(MOMENTS_MAX, sizeof *moments);
    return moments == NULL ? 1 : cmocka_run_group_tests_name("power cuts", tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    every = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1;
    counts = mmap(NULL, WORKERS * sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (every == 0 || counts == MAP_FAILED)
        return 2;
    pid_t children[WORKERS];
    for (worker = 0; worker < WORKERS; worker++) {
        children[worker] = fork();
        if (children[worker] < 0)
            return 2;
        if (children[worker] == 0)
            _exit(work());
    }
    int failed = 0;
    struct counts all = {0};
    for (int i = 0; i < WORKERS; i++) {
        int status = 1;
        failed |= waitpid(children[i], &status, 0) < 0 || status != 0;
        all.whole += counts[i].whole, all.torn += counts[i].torn, all.reordered += counts[i].reordered;
        all.again += counts[i].again, all.rollbacks += counts[i].rollbacks;
    }
    const unsigned long long sum = all.whole + all.torn + all.reordered + all.again;
    printf("[ CUTS     ] %llu cut points: %llu whole, %llu torn, %llu reordered, %llu again and again; %llu returns\n", sum,
           (unsigned long long)all.whole, (unsigned long long)all.torn, (unsigned long long)all.reordered, (unsigned long long)all.again,
           (unsigned long long)all.rollbacks);
    if (failed)
        printf("[ CUTS     ] FAILED\n");
    else
        printf("[ CUTS     ] 0 bricks, 0 wrong images, 0 lost anti-rollback\n");
    /* The whole test is the promise of a hundred thousand. */
    return failed || (every == 1 && sum < 100000);
}
