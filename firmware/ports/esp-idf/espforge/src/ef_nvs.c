#include "ef_nvs.h"

#include <string.h>

#include "esp_log.h"
#include "esp_partition.h"
#include "esp_random.h"
#include "esp_rom_crc.h"
#include "nvs_flash.h"

#define PAGE_BYTES 4096u

static const char tag[] = "espforge";

/* True when nothing was ever stored: then, and only then, new keys lose nothing. */
static bool is_blank(const esp_partition_t *partition)
{
    uint32_t word[16];
    for (size_t page = 0; page + PAGE_BYTES <= partition->size; page += PAGE_BYTES) {
        if (esp_partition_read_raw(partition, page, word, sizeof word) != ESP_OK)
            return false;
        for (size_t i = 0; i < sizeof word / sizeof word[0]; i++)
            if (word[i] != UINT32_MAX)
                return false;
    }
    return true;
}

/* As nvs_flash_generate_keys lays them out, but random: that function writes constants and relies on flash encryption to make them keys. */
static esp_err_t make_keys(const esp_partition_t *keys, nvs_sec_cfg_t *config)
{
    struct {
        nvs_sec_cfg_t keys;
        uint32_t crc;
        uint8_t rest[12];
    } page;
    memset(&page, 0xFF, sizeof page);
    esp_fill_random(&page.keys, sizeof page.keys);
    page.crc = esp_rom_crc32_le(UINT32_MAX, page.keys.eky, sizeof page.keys.eky);
    page.crc = esp_rom_crc32_le(page.crc, page.keys.tky, sizeof page.keys.tky);
    esp_err_t error = esp_partition_erase_range(keys, 0, keys->size);
    if (error == ESP_OK)
        error = esp_partition_write(keys, 0, &page, sizeof page);
    memset(&page, 0, sizeof page);
    return error == ESP_OK ? nvs_flash_read_security_cfg(keys, config) : error;
}

esp_err_t ef_nvs_open(ef_nvs *nvs)
{
    static const char *const spaces[EF_NVS_SPACES] = {[EF_NVS_AGENT] = "espforge", [EF_NVS_PORT] = "espforge.port"};
    const esp_partition_t *records = esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_NVS, NVS_DEFAULT_PART_NAME);
    const esp_partition_t *keys = esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_NVS_KEYS, NULL);
    if (records == NULL || keys == NULL) {
        ESP_LOGE(tag, "the partition table needs nvs and nvs_keys");
        return ESP_ERR_NOT_FOUND;
    }
    nvs_sec_cfg_t config;
    esp_err_t error = nvs_flash_read_security_cfg(keys, &config);
    if ((error == ESP_ERR_NVS_KEYS_NOT_INITIALIZED || error == ESP_ERR_NVS_CORRUPT_KEY_PART) && is_blank(records))
        error = make_keys(keys, &config); /* corrupt: the power went while they were written the first time */
    if (error == ESP_OK)
        error = nvs_flash_secure_init_partition(NVS_DEFAULT_PART_NAME, &config);
    memset(&config, 0, sizeof config);
    for (size_t i = 0; error == ESP_OK && i < EF_NVS_SPACES; i++)
        error = nvs_open(spaces[i], NVS_READWRITE, &nvs->handle[i]);
    if (error != ESP_OK)
        ESP_LOGE(tag, "NVS: %s", esp_err_to_name(error));
    return error;
}

ef_status ef_nvs_get(const ef_nvs *nvs, ef_nvs_space space, const char *key, uint8_t *out, size_t cap, size_t *len)
{
    size_t size = cap;
    *len = 0;
    esp_err_t error = nvs_get_blob(nvs->handle[space], key, out, &size);
    if (error == ESP_ERR_NVS_NOT_FOUND)
        return EF_NOT_FOUND;
    if (error == ESP_ERR_NVS_INVALID_LENGTH)
        return EF_TOO_LARGE;
    if (error != ESP_OK)
        return EF_FLASH_FAILED;
    *len = size;
    return EF_OK;
}

ef_status ef_nvs_set(const ef_nvs *nvs, ef_nvs_space space, const char *key, const uint8_t *data, size_t len)
{
    if (len > EF_RECORD_BYTES)
        return EF_TOO_LARGE;
    esp_err_t error = len == 0 ? nvs_erase_key(nvs->handle[space], key) : nvs_set_blob(nvs->handle[space], key, data, len);
    if (len == 0 && error == ESP_ERR_NVS_NOT_FOUND)
        return EF_OK;
    if (error == ESP_OK)
        error = nvs_commit(nvs->handle[space]);
    return error == ESP_OK ? EF_OK : EF_FLASH_FAILED;
}
