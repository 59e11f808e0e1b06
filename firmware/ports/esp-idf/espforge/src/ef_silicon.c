#include "ef_silicon.h"

#include <stdio.h>
#include <string.h>

#include "esp_chip_info.h"
#include "esp_efuse.h"
#include "esp_flash.h"
#include "sdkconfig.h"
#if CONFIG_SPIRAM
#include "esp_psram.h"
#endif

/* By the field PKG_VERSION of the eFuses; NULL: a number without a name here. */
static const char *package_name(uint32_t package)
{
#if CONFIG_IDF_TARGET_ESP32
    static const char *const names[] = {"ESP32-D0WDQ6", "ESP32-D0WD", "ESP32-D2WD", NULL, "ESP32-U4WDH", "ESP32-PICO-D4", "ESP32-PICO-V3-02", "ESP32-D0WDR2-V3"};
#elif CONFIG_IDF_TARGET_ESP32S3
    static const char *const names[] = {"ESP32-S3 (QFN56)", "ESP32-S3-PICO-1 (LGA56)"};
#elif CONFIG_IDF_TARGET_ESP32C3
    static const char *const names[] = {"ESP32-C3 (QFN32)", "ESP8685 (QFN28)", "ESP32-C3 AZ (QFN32)", "ESP8686 (QFN24)"};
#elif CONFIG_IDF_TARGET_ESP32C6
    static const char *const names[] = {"ESP32-C6 (QFN40)", "ESP32-C6FH4 (QFN32)"};
#else
    static const char *const names[] = {NULL};
#endif
    return package < sizeof names / sizeof names[0] ? names[package] : NULL;
}

/* What the running program reads with, which for octal flash is not what the image's header says. */
static const char *flash_mode(void)
{
#if CONFIG_ESPTOOLPY_OCT_FLASH
    return "opi";
#else
    switch (esp_flash_default_chip->read_mode) {
    case SPI_FLASH_QIO: return "qio";
    case SPI_FLASH_QOUT: return "qout";
    case SPI_FLASH_DIO: return "dio";
    case SPI_FLASH_DOUT: return "dout";
    default: return NULL;
    }
#endif
}

static void read_psram(ef_hardware *out)
{
#if CONFIG_SPIRAM
    out->has_psram_bytes = true;
    if (esp_psram_is_initialized())
        out->psram_bytes = (uint32_t)esp_psram_get_size();
#if CONFIG_SPIRAM_MODE_HEX
    const char *mode = "hex";
#elif CONFIG_SPIRAM_MODE_OCT
    const char *mode = "octal";
#else
    const char *mode = "quad";
#endif
    out->psram_mode = out->psram_bytes > 0 ? mode : "none";
#else
    (void)out; /* nobody looked */
#endif
}

void ef_silicon_read(ef_hardware *out)
{
    esp_chip_info_t info;
    memset(out, 0, sizeof *out);
    esp_chip_info(&info);
    (void)snprintf(out->chip, sizeof out->chip, "%s", CONFIG_IDF_TARGET);
    (void)snprintf(out->chip_revision, sizeof out->chip_revision, "%u.%u", (unsigned)(info.revision / 100u % 100u), (unsigned)(info.revision % 100u));
    uint32_t package = esp_efuse_get_pkg_ver();
    if (package_name(package) != NULL)
        (void)snprintf(out->package, sizeof out->package, "%s", package_name(package));
    else
        (void)snprintf(out->package, sizeof out->package, "package %u", (unsigned)package);
    if (esp_flash_get_physical_size(esp_flash_default_chip, &out->flash_bytes) != ESP_OK)
        out->flash_bytes = 0;
    out->flash_mode = flash_mode();
    read_psram(out);
}
