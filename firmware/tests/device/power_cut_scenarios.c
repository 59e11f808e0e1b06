#include "power_cut.h"

#include <string.h>

#include "espforge/ef_reset.h"
#include "suites.h"

static void offer_new(void)
{
    fake_host_offer_version(&host, NEW_VERSION);
}

/* A key that is introduced by a list which the old key signs and which retires it. */
static void rotate_and_offer(void)
{
    ef_trusted_key keys[] = {old_key.key, new_key.key};
    keys[0].retired = true;
    fake_host_publish_keys(&host, &old_key, 3, keys, 2);
    host.signer = new_key;
    fake_host_offer_version(&host, NEW_VERSION);
}

static void old_key_and_old_list_are_refused(void)
{
    const buffer offered = host.manifest;
    char offer_id[33];
    memcpy(offer_id, host.offer_id, sizeof offer_id);
    assert_int_equal(d.agent.keys.generation, 3);
    /* The list from before the rotation, said to be newer, and a release signed with the key of then. */
    fake_host_publish_keys(&host, &old_key, 2, &old_key.key, 1);
    host.keys_generation = 4;
    host.signer = old_key;
    fake_host_offer_version(&host, NEXT_VERSION);
    device_run_until(&d, offer_has_ended);
    assert_string_equal(fake_host_report(&host, "rejected")->error, "key-retired");
    assert_int_equal(d.agent.keys.generation, 3);
    host.signer = new_key;
    host.sequence = 10;
    host.manifest = offered;
    memcpy(host.offer_id, offer_id, sizeof offer_id);
}

/* The connection breaks twice while the image arrives, so that progress is stored and taken up. */
static void offer_with_breaks(void)
{
    host.image_cut = 5000;
    host.image_cuts_left = 2;
    fake_host_offer_version(&host, NEW_VERSION);
}

/* Data of its former owner, and then the reset: begun anew as long as nothing of it has been written, and completed by the start after a cut. */
static bool reset_and_claimed_again(const device *x)
{
    static const uint8_t secret[] = "of the former owner";
    if (!offer_has_ended(x))
        return false;
    if (host.claims > 1)
        return true;
    if (d.port.kv_set(d.port.ctx, "app0", secret, sizeof secret) == EF_OK && d.port.kv_set(d.port.ctx, "networks", secret, sizeof secret) == EF_OK)
        (void)ef_factory_reset(&d.agent);
    return false;
}

static void nothing_of_the_former_life_is_left(void)
{
    static const char *const erased[] = {"app0", "networks", "reset"};
    uint8_t value[EF_RECORD_BYTES];
    size_t len;
    for (size_t i = 0; i < sizeof erased / sizeof erased[0]; i++)
        assert_int_equal(d.port.kv_get(d.port.ctx, erased[i], value, sizeof value, &len), EF_NOT_FOUND);
    assert_int_equal(d.port.kv_get(d.port.ctx, "time", value, sizeof value, &len), EF_OK);
    assert_true(d.agent.identity.present);
}

const scenario scenarios[] = {
    {.name = "claim, update, confirm", .prepare = offer_new, .goal = offer_has_ended, .expected = "confirmed", .expected_code = ""},
    {.name = "crash and return", .crashing_version = NEW_VERSION, .prepare = offer_new, .goal = offer_has_ended, .expected = "rolledBack", .expected_code = "crashed"},
    {.name = "self-test and return", .failing_version = NEW_VERSION, .prepare = offer_new, .goal = offer_has_ended, .expected = "rolledBack",
     .expected_code = "self-test-failed"},
    {.name = "key rotation, update with the new key", .prepare = rotate_and_offer, .goal = offer_has_ended, .expected = "confirmed", .expected_code = "",
     .after = old_key_and_old_list_are_refused},
    {.name = "update, factory reset, claim", .prepare = offer_new, .goal = reset_and_claimed_again, .expected = "confirmed", .expected_code = "",
     .after = nothing_of_the_former_life_is_left},
    {.name = "download with breaks", .prepare = offer_with_breaks, .goal = offer_has_ended, .expected = "confirmed", .expected_code = ""},
};

const size_t scenario_count = sizeof scenarios / sizeof scenarios[0];
