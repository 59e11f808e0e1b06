namespace EspForge.Boards;

/// <summary>The chip ids in the headers of Espressif's images (ESP-IDF <c>esp_app_format.h</c>, <c>esp_chip_id_t</c>). Wider than the catalog: an image may be for a chip no board here has.</summary>
public static class ImageChips
{
    private static readonly Dictionary<int, string> Names = new()
    {
        [0x0000] = "esp32",
        [0x0002] = "esp32s2",
        [0x0005] = "esp32c3",
        [0x0009] = "esp32s3",
        [0x000C] = "esp32c2",
        [0x000D] = "esp32c6",
        [0x0010] = "esp32h2",
        [0x0012] = "esp32p4",
        [0x0014] = "esp32c61",
        [0x0017] = "esp32c5",
        [0x0019] = "esp32h21",
        [0x001C] = "esp32h4",
        [0x0020] = "esp32s31",
    };

    /// <summary>The chip of an id, such as <c>esp32c3</c> of 5; <see langword="null"/> for one that is not known.</summary>
    public static string? NameOf(int id) => Names.GetValueOrDefault(id);
}
