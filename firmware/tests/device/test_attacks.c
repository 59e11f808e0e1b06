/* What someone who owns the network or the host can try, each played against the real agent. A row says what the device does; afterwards it runs
 * the image it ran before, nothing was switched, and an honest release is taken. The table is also docs/attacks.md. */
#include <stdio.h>
#include <string.h>

#include "attacks.h"
#include "document.h"
#include "suites.h"


fake_host host;
device d;
static signer stranger, next_key, rsa_key;

typedef struct attack {
    const char *name;
    const char *does; /* what the device does, for docs/attacks.md */
    const char *code; /* that the host is told; "": nothing, the device is as it was */
    void (*play)(void);
    bool downloads; /* else not a byte of the image may have been asked for */
} attack;

/* --- pieces --- */

void offer(release what)
{
    fake_host_offer(&host, &what);
}

static void offer_parts(const buffer *header, const buffer *payload)
{
    const buffer cose = sign_parts(&host.signer, header, payload);
    fake_host_offer_document(&host, &cose);
}

static buffer good_payload(void)
{
    const release what = good_release(&host, FIRST);
    return release_payload(&host, &what);
}

static buffer good_header(void)
{
    return protected_of(EF_ALG_ES256, host.signer.key.kid);
}

/* The good payload with `len` bytes at `at` replaced, signed rightly. It begins with the head of its map, 01 01, 02 and the sequence. */
static void offer_spliced(size_t at, size_t len, const void *with, size_t with_len)
{
    const buffer whole = good_payload(), header = good_header();
    buffer payload = {.len = 0};
    put_raw(&payload, whole.data, at);
    put_raw(&payload, with, with_len);
    put_raw(&payload, whole.data + at + len, whole.len - at - len);
    offer_parts(&header, &payload);
}

void wait_ms(int64_t ms)
{
    assert_int_equal(device_run(&d, ms, NULL), RUN_TIME_UP);
}

/* A release the device has taken before the attack begins. */
void have_taken(const char *version, uint64_t epoch)
{
    host.image_len = make_image(host.image, version, "esp32c3", 9000);
    release what = good_release(&host, version);
    what.epoch = epoch;
    offer(what);
    device_run_until(&d, offer_has_ended);
    assert_string_equal(fake_host_terminal(&host, host.offer_id), "confirmed");
}

/* The host introduces its next key and retires the first. */
static void have_rotated(void)
{
    ef_trusted_key keys[] = {host.signer.key, next_key.key};
    keys[0].retired = true;
    fake_host_publish_keys(&host, &host.signer, 2, keys, 2);
    wait_ms(5000);
    assert_int_equal(d.agent.keys.generation, 2);
}

/* --- the attacks --- */

static void older_sequence(void)
{
    have_taken(FIRST, 0);
    release old = good_release(&host, "1.0.9");
    old.sequence = 9;
    offer(old);
}

static void same_again(void)
{
    have_taken(FIRST, 0);
    const buffer manifest = host.manifest;
    fake_host_offer_document(&host, &manifest);
}

static void older_epoch(void)
{
    have_taken(FIRST, 3);
    release old = good_release(&host, "1.0.9");
    old.epoch = 2;
    offer(old);
}

static void left_before(void)
{
    d.crashing_version = FIRST;
    fake_host_offer_version(&host, FIRST);
    device_run_until(&d, offer_has_ended);
    assert_string_equal(fake_host_terminal(&host, host.offer_id), "rolledBack");
    device_cut(&d);
    host.downloads = 0;
    const buffer manifest = host.manifest;
    fake_host_offer_document(&host, &manifest);
    device_run_until(&d, offer_has_ended);
    assert_string_equal(fake_host_report(&host, "rejected")->detail, "This device took this release, 1.1.0, and left it: crashed.");
    d.crashing_version = NULL;
}

static void expired(void)
{
    release what = good_release(&host, FIRST);
    what.expires_at_ms = host.utc_ms - 1;
    offer(what);
}

static void wrong_chip(void)
{
    release what = good_release(&host, FIRST);
    what.chip = "esp32s3";
    offer(what);
}

static void wrong_product(void)
{
    release what = good_release(&host, FIRST);
    what.product = "door";
    offer(what);
}

static void wrong_format(void)
{
    release what = good_release(&host, FIRST);
    what.format = "esp";
    offer(what);
}

static void too_large(void)
{
    release what = good_release(&host, FIRST);
    what.size_bytes = SLOT_BYTES + 1;
    offer(what);
}

static void unknown_key(void)
{
    const signer mine = host.signer;
    host.signer = stranger;
    fake_host_offer_version(&host, FIRST);
    host.signer = mine;
    device_run_until(&d, offer_has_ended);
    assert_int_equal(host.key_requests, 1); /* it might have been a new key: asked once */
}

static void unknown_key_with_its_list(void)
{
    fake_host_publish_keys(&host, &stranger, 9, &stranger.key, 1);
    const signer mine = host.signer;
    host.signer = stranger;
    fake_host_offer_version(&host, FIRST);
    host.signer = mine;
    device_run_until(&d, offer_has_ended);
    assert_int_equal(d.agent.keys.generation, 0);
    assert_true(strstr(fake_host_report(&host, "rejected")->detail, "key-unknown") != NULL);
}

/* After this the honest host signs with its next key. */
static void then_next_key(void)
{
    device_run_until(&d, offer_has_ended);
    host.signer = next_key;
}

static void retired_key(void)
{
    have_rotated();
    fake_host_offer_version(&host, FIRST);
    then_next_key();
}

/* From before the next key was introduced, signed rightly by a key that is still trusted: it would take the next key away. */
static void old_key_list(void)
{
    const ef_trusted_key keys[] = {host.signer.key, next_key.key};
    fake_host_publish_keys(&host, &host.signer, 2, keys, 2);
    wait_ms(5000);
    assert_int_equal(d.agent.keys.generation, 2);
    fake_host_publish_keys(&host, &host.signer, 1, &host.signer.key, 1);
    host.keys_generation = 7; /* said to be new */
    const uint32_t asked = host.key_requests;
    wait_ms(10000);
    assert_int_equal(host.key_requests, asked + 1);
    assert_int_equal(d.agent.keys.answer, EF_KEYS_OLD);
    assert_int_equal(d.agent.keys.generation, 2);
    host.signer = next_key;
}

static void key_list_by_retired_key(void)
{
    have_rotated();
    fake_host_publish_keys(&host, &host.signer, 7, &host.signer.key, 1);
    fake_host_offer_version(&host, FIRST);
    device_run_until(&d, offer_has_ended);
    assert_int_equal(d.agent.keys.generation, 2);
    host.keys_generation = 2;
    then_next_key();
}

static void manifest_as_key_list(void)
{
    const release what = good_release(&host, FIRST);
    const buffer payload = release_payload(&host, &what), header = good_header();
    host.key_list = sign_parts(&host.signer, &header, &payload);
    host.keys_generation = 5;
    wait_ms(10000);
    assert_true(host.key_requests > 0);
    assert_int_equal(d.agent.keys.generation, 0);
    host.has_offer = false;
}

static void key_list_without_a_trusted_key(void)
{
    ef_trusted_key key = host.signer.key;
    key.retired = true;
    fake_host_publish_keys(&host, &host.signer, 5, &key, 1);
    wait_ms(10000);
    assert_true(host.key_requests > 0);
    assert_int_equal(d.agent.keys.generation, 0);
}

static void announced_and_withheld_keys(void)
{
    host.keys_generation = 5;
    host.keys_status = 503;
    wait_ms(60000);
    assert_true(host.key_requests >= 3);
}

static void stripped_signature(void)
{
    const buffer header = good_header(), payload = good_payload();
    buffer cose = {.len = 0};
    put_head(&cose, 6, 18), put_head(&cose, 4, 4);
    put_bytes(&cose, header.data, header.len), put_head(&cose, 5, 0);
    put_bytes(&cose, payload.data, payload.len), put_bytes(&cose, "", 0);
    fake_host_offer_document(&host, &cose);
}

static void no_signature_at_all(void)
{
    const buffer header = good_header(), payload = good_payload();
    buffer cose = {.len = 0};
    put_head(&cose, 6, 18), put_head(&cose, 4, 3);
    put_bytes(&cose, header.data, header.len), put_head(&cose, 5, 0), put_bytes(&cose, payload.data, payload.len);
    fake_host_offer_document(&host, &cose);
}

static void other_signature(void)
{
    fake_host_offer_version(&host, FIRST);
    host.manifest.data[host.manifest.len - 1] ^= 1;
}

static void changed_payload(void)
{
    fake_host_offer_version(&host, FIRST);
    for (size_t i = 0; i + 4 < host.manifest.len; i++)
        if (memcmp(host.manifest.data + i, "1.1.0", 5) == 0)
            host.manifest.data[i] = '9';
}

static void algorithm_swap(void)
{
    const buffer header = protected_of(EF_ALG_RS256, host.signer.key.kid), payload = good_payload();
    offer_parts(&header, &payload);
}

static void algorithm_none(void)
{
    const buffer header = protected_of(0, host.signer.key.kid), payload = good_payload();
    offer_parts(&header, &payload);
}

/* The device of an RSA key, and the weaker padding. */
static void padding_swap(void)
{
    ef_trusted_key keys[] = {host.signer.key, rsa_key.key};
    fake_host_publish_keys(&host, &host.signer, 2, keys, 2);
    wait_ms(5000);
    assert_int_equal(d.agent.keys.generation, 2);
    const buffer header = protected_of(EF_ALG_RS256, rsa_key.key.kid), payload = good_payload();
    const buffer cose = sign_parts(&rsa_key, &header, &payload);
    fake_host_offer_document(&host, &cose);
}

static void truncated(void)
{
    fake_host_offer_version(&host, FIRST);
    host.manifest.len -= 1;
}

static void oversized(void)
{
    fake_host_offer_version(&host, FIRST);
    while (host.manifest.len <= EF_MANIFEST_MAX_BYTES)
        put_uint(&host.manifest, 0);
}

static void extra_key(void)
{
    const buffer header = good_header();
    buffer payload = good_payload();
    payload.data[0]++;
    put_uint(&payload, 12), put_uint(&payload, 1);
    offer_parts(&header, &payload);
}

static void extra_unprotected(void)
{
    fake_host_offer_version(&host, FIRST);
    buffer cose = {.len = 0};
    put_raw(&cose, host.manifest.data, 42);
    put_raw(&cose, "\xA1\x04\x41\x00", 4); /* instead of the empty map */
    put_raw(&cose, host.manifest.data + 43, host.manifest.len - 43);
    host.manifest = cose;
}

static void duplicate_key(void)
{
    const buffer header = good_header();
    buffer payload = good_payload();
    payload.data[0]++;
    put_uint(&payload, 11), put_uint(&payload, UINT64_C(4000000000000)); /* a second, later expiry */
    offer_parts(&header, &payload);
}

static void indefinite_map(void) { offer_spliced(0, 1, "\xBF", 1); }
static void indefinite_text(void) { offer_spliced(6, 5, "\x7F\x64lamp\xFF", 7); }
static void long_integer(void) { offer_spliced(2, 1, "\x18\x01", 2); }

static const attack attacks[] = {
    {"older sequence", "refuses what is not above the highest it ever took", "sequence-old", older_sequence, false},
    {"the same release again", "refuses it: its sequence is spent", "sequence-old", same_again, false},
    {"older security epoch", "refuses it", "epoch-old", older_epoch, false},
    {"a release that was left, offered anew", "remembers it over restarts, says why it was left, fetches nothing", "sequence-old", left_before, false},
    {"expired manifest", "refuses it", "manifest-expired", expired, false},
    {"wrong chip", "refuses it", "chip-mismatch", wrong_chip, false},
    {"wrong product", "refuses it", "product-mismatch", wrong_product, false},
    {"wrong image format", "refuses it", "format-mismatch", wrong_format, false},
    {"an image larger than the slot", "refuses it", "image-too-large", too_large, false},
    {"unknown key", "asks for the key list once, then refuses", "key-unknown", unknown_key, false},
    {"unknown key with a list that it signed itself", "refuses the list (`key-unknown`), then the manifest", "key-unknown", unknown_key_with_its_list, false},
    {"retired key", "refuses what it signed", "key-retired", retired_key, false},
    {"an old key list, announced as new", "keeps its keys (`keys-old`)", "", old_key_list, false},
    {"a new key list signed by a retired key", "keeps its keys (`key-retired`)", "key-retired", key_list_by_retired_key, false},
    {"a manifest in place of a key list", "keeps its keys: the protected header says what a document is", "", manifest_as_key_list, false},
    {"a key list that retires every key", "keeps its keys", "", key_list_without_a_trusted_key, false},
    {"new keys announced and withheld", "asks three times in a row, goes on with the keys it has, asks again later", "", announced_and_withheld_keys, false},
    {"stripped signature", "refuses it", "signature-invalid", stripped_signature, false},
    {"no signature at all", "refuses it", "manifest-malformed", no_signature_at_all, false},
    {"another signature", "refuses it", "signature-invalid", other_signature, false},
    {"changed payload", "refuses it", "signature-invalid", changed_payload, false},
    {"algorithm swap: RS256 named for an ES256 key", "takes a key for its own algorithm only", "manifest-algorithm", algorithm_swap, false},
    {"algorithm swap: none", "the same", "manifest-algorithm", algorithm_none, false},
    {"algorithm swap: RS256 named for a PS256 key", "the same", "manifest-algorithm", padding_swap, false},
    {"truncated manifest", "refuses it", "manifest-malformed", truncated, false},
    {"manifest larger than 2,048 bytes", "reads no more than that, refuses it", "manifest-malformed", oversized, false},
    {"extra CBOR key, signed", "refuses it", "manifest-malformed", extra_key, false},
    {"extra unprotected header", "refuses it", "manifest-malformed", extra_unprotected, false},
    {"duplicate CBOR key, signed", "refuses it", "manifest-malformed", duplicate_key, false},
    {"indefinite length: map, signed", "refuses it", "manifest-malformed", indefinite_map, false},
    {"indefinite length: text, signed", "refuses it", "manifest-malformed", indefinite_text, false},
    {"an integer longer than needed, signed", "refuses it", "manifest-malformed", long_integer, false},
    {"endless download", "stops at the first byte behind the manifest's size", "image-size-mismatch", endless_image, true},
    {"endless answer to a question", "gives up after 30 s, asks again later", "", endless_answer, false},
    {"slow-loris: the image, a byte a second", "less than 1 KiB in 60 s is a cut; five in a row end the download", "download-failed", slow_image, true},
    {"slow-loris: an answer, a byte in 5 s", "gives up after 30 s, asks again later", "", slow_answer, false},
    {"the image never begins", "30 s of silence are a cut; five in a row end the download", "download-failed", silent_image, true},
    {"mix: a manifest and another image", "reads the slot back and refuses it", "image-hash-mismatch", other_image, true},
    {"mix: another image of another length", "refuses it by its Content-Length", "image-size-mismatch", other_image_of_other_length, true},
    {"mix: half an image and half of another", "starts over once, then refuses it", "image-hash-mismatch", half_and_half, true},
    {"200 instead of 206, and always a cut", "starts the slot again each time; five tries without getting further end it", "download-failed", other_range, true},
    {"the entity tag of another image", "takes not a byte of it", "download-failed", other_tag, true},
    {"a flipped bit in the image", "reads the slot back and refuses it", "image-hash-mismatch", flipped_bit, true},
    {"an image for another chip under a right manifest", "refuses it by its header", "image-malformed", header_of_other_chip, true},
    {"freeze: the host says there is nothing", "keeps running; the host's side sees that it stays behind", "", freeze_by_silence, false},
    {"freeze: the old offer for ever", "says nothing twice, fetches nothing", "", freeze_by_the_old_offer, false},
    {"freeze: a manifest held back until it expired", "refuses it", "manifest-expired", freeze_until_it_expired, false},
    {"clock set back", "time is never before the latest ever seen: refuses the expired manifest", "manifest-expired", clock_set_back, false},
    {"clock set back over a restart", "the same: the time is in flash, at most an hour old", "manifest-expired", clock_set_back_over_a_restart, false},
    {"no time at all", "takes no offer before the host has said what time it is", "", no_time, false},
};

#define ATTACKS (sizeof attacks / sizeof attacks[0])

static void play(const attack *a)
{
    fake_host_init(&host);
    host.image_len = make_image(host.image, FIRST, "esp32c3", 9000);
    device_create(&d, &host);
    device_run_until(&d, is_idle);
    a->play();
    if (a->code[0] != 0 && fake_host_terminal(&host, host.offer_id)[0] == 0)
        device_run_until(&d, offer_has_ended);
    const seen_report *rejected = fake_host_report(&host, "rejected"), *failed = fake_host_report(&host, "failed");
    const seen_report *end = rejected != NULL ? rejected : failed;
    const char *told = end != NULL ? end->error : "";
    if (strcmp(told, a->code) != 0)
        fail_msg("%s: %s, not %s", a->name, told[0] == 0 ? "nothing" : told, a->code);
}

/* What ran before runs, and what the host says honestly is heard. */
static void is_unharmed(const attack *a)
{
    const bool took_first = strcmp(d.image.version, FIRST) == 0;
    const ef_boot_record before = device_record(&d);
    assert_true(took_first || strcmp(d.image.version, FACTORY_VERSION) == 0);
    assert_true(took_first ? before.switch_count == 1 : before.switch_count <= (a->play == left_before ? 1u : 0u));
    assert_int_equal(before.slot[d.posix.running_slot].state, EF_SLOT_VALID);
    if (!a->downloads && !took_first && host.downloads != 0)
        fail_msg("%s: the image was asked for", a->name);

    host.image_cut = 0;
    host.image_length = -1;
    host.image_ignores_range = host.image_is_flipped = host.image_is_endless = host.image_has_other_tag = false;
    host.keys_status = 0;
    host.image_len = make_image(host.image, "2.0.0", "esp32c3", 7000);
    release honest = good_release(&host, "2.0.0");
    honest.epoch = 3;
    honest.expires_at_ms = host.utc_ms + 60 * DAY;
    fake_host_offer(&host, &honest);
    device_run_until(&d, offer_has_ended);
    if (strcmp(fake_host_terminal(&host, host.offer_id), "confirmed") != 0)
        fail_msg("after \"%s\" an honest release is not taken: %s", a->name, fake_host_terminal(&host, host.offer_id));
    assert_string_equal(d.image.version, "2.0.0");
}

static void every_attack_is_named_and_does_no_harm(void **state)
{
    (void)state;
    for (size_t i = 0; i < ATTACKS; i++) {
        play(&attacks[i]);
        is_unharmed(&attacks[i]);
        device_destroy(&d);
        print_message("[ ATTACK   ] %-52s -> %s\n", attacks[i].name, attacks[i].code[0] == 0 ? "(nothing happens)" : attacks[i].code);
    }
}

static void the_table_in_docs_is_this_one(void **state)
{
    (void)state;
    static document doc;
    document_add(&doc,
                 "# Attacks on a device\n\n"
                 "Each row is played against the real agent with a hostile host by `firmware/tests/device/test_attacks.c`, from which this page is made. After each of\n"
                 "them the device runs the image it ran before, and takes the next honest release. Attacks on commands are in `docs/protocol.md` section 6.4 and\n"
                 "tested with it.\n\n| attack | the device | reported |\n| --- | --- | --- |\n");
    for (size_t i = 0; i < ATTACKS; i++) {
        document_add(&doc, "| %s | %s | ", attacks[i].name, attacks[i].does);
        document_add(&doc, attacks[i].code[0] == 0 ? "%s |\n" : "`%s` |\n", attacks[i].code[0] == 0 ? "—" : attacks[i].code);
    }
    document_check(&doc, "attacks.md");
}

static int set_up(void **state)
{
    (void)state;
    fake_host_init(&host);
    stranger = signer_new(STRANGER_KID);
    next_key = signer_new(NEXT_KID);
    rsa_key = signer_new_rsa("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", EF_ALG_PS256);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_attack_is_named_and_does_no_harm),
        cmocka_unit_test(the_table_in_docs_is_this_one),
    };
    return cmocka_run_group_tests_name("attacks", tests, set_up, NULL);
}
