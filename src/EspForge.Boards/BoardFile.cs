namespace EspForge.Boards;

/// <summary>Reads a board from the file that ships. Boards of users go through <see cref="BoardReader"/>, which says what is wrong with them.</summary>
internal static class BoardFile
{
    /// <summary>The board, without its chip; throws for a file that is not one.</summary>
    public static Board Read(CatalogNode root) => new()
    {
        Id = root.Text("id"),
        Name = root.Text("name"),
        Vendor = root.Text("vendor"),
        ChipId = root.Text("chip"),
        Module = root.Text("module"),
        FlashBytes = root.Long("flashBytes"),
        PsramBytes = root.Long("psramBytes"),
        PsramMode = root.OptionalText("psramMode") is { } psram ? ChipFile.Psram(psram) : null,
        PlatformioBoard = root.OptionalText("platformioBoard"),
        PlatformioNote = root.OptionalText("platformioNote"),
        Platformio = ReadPlatformio(root.Find("platformio")),
        ArduinoVariant = root.OptionalText("arduinoVariant"),
        Orientation = root.OptionalText("orientation"),
        HeaderOrder = root.OptionalText("headerOrder") switch
        {
            null or "unknown" => HeaderOrder.Unknown,
            "recalled" => HeaderOrder.Recalled,
            "documented" => HeaderOrder.Documented,
            var word => throw ChipFile.Unknown(word),
        },
        Headers = root.List("headers", item => new BoardHeader(item.Text("id"), item.OptionalText("side"), item.List("pins", ReadHeaderPin))),
        ExposedGpios = root.Numbers("exposedGpios"),
        ReservedGpios = root.List("reservedGpios", item => new ReservedGpio(item.Number("gpio"), item.Text("reason"), ChipFile.Reservation(item.Text("kind")))),
        Onboard = root.List("onboard", item => new OnboardPart(
            item.Text("function"), item.Number("gpio"), item.OptionalText("name"), item.OptionalFlag("activeLow"), item.OptionalNumber("powerGpio"))),
        Pulls = root.List("pulls", item => new BoardPull(item.Number("gpio"), ChipFile.Pull(item.Text("pull")), item.Text("source"))),
        Usb = root.Find("usb") is { } usb
            ? new BoardUsb(usb.Text("bridge"), usb.Text("connector"), usb.Flag("autoReset"), ChipFile.ReadUsbPins(usb.Find("native")), ReadTxRx(usb.Get("console"))!)
            : null,
        Defaults = ReadDefaults(root.Find("defaults")),
        PinNames = root.NumberMap("pinNames") ?? new Dictionary<string, int>(StringComparer.Ordinal),
        Notes = root.Texts("notes"),
        Sources = root.Texts("sources"),
    };

    private static HeaderPin ReadHeaderPin(CatalogNode pin) => new(
        pin.Number("pos"),
        pin.Text("label"),
        pin.Text("kind") switch
        {
            "gpio" => HeaderPinKind.Gpio,
            "power" => HeaderPinKind.Power,
            "gnd" => HeaderPinKind.Ground,
            "reset" => HeaderPinKind.Reset,
            "nc" => HeaderPinKind.NotConnected,
            "other" => HeaderPinKind.Other,
            var word => throw ChipFile.Unknown(word),
        },
        pin.OptionalNumber("gpio"));

    private static PlatformioFacts? ReadPlatformio(CatalogNode? facts) => facts is { } node
        ? new PlatformioFacts(
            node.Text("name"), node.Text("mcu"), node.OptionalText("variant"), node.Text("flashSize"), node.OptionalText("memoryType"), node.Text("flashMode"), node.Texts("frameworks"))
        : null;

    private static BoardDefaults? ReadDefaults(CatalogNode? defaults) => defaults is { } node
        ? new BoardDefaults(
            node.Find("i2c") is { } i2c ? new SdaScl(i2c.Number("sda"), i2c.Number("scl")) : null,
            node.Find("spi") is { } spi ? new SpiPins(spi.Number("sck"), spi.Number("miso"), spi.Number("mosi"), spi.OptionalNumber("ss")) : null,
            ReadTxRx(node.Find("uart")),
            ReadTxRx(node.Find("uart2")))
        : null;

    private static TxRx? ReadTxRx(CatalogNode? pins) => pins is { } node ? new TxRx(node.Number("tx"), node.Number("rx")) : null;
}
