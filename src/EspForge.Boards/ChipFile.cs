using System.Text.Json;

namespace EspForge.Boards;

/// <summary>Reads a chip from the file that ships.</summary>
internal static class ChipFile
{
    /// <summary>The chip; throws for a file that is not one.</summary>
    public static Chip Read(CatalogNode root) => new()
    {
        Id = root.Text("id"),
        Name = root.Text("name"),
        Architecture = root.Text("arch"),
        CpuCores = root.Number("cpuCores"),
        GpioCount = root.Number("gpioCount"),
        Pins = root.List("pins", ReadPin),
        Adc = root.List("adc", item => new AdcChannel(item.Number("unit"), item.Number("channel"), item.Number("gpio"))),
        Adc2 = ReadSecondAdc(root.Get("adc2")),
        Touch = root.List("touch", ReadChannel),
        Dac = root.List("dac", ReadChannel),
        Strapping = root.List("strapping", ReadStrapping),
        Flash = ReadFlash(root.Get("flash")),
        Usb = ReadUsb(root.Get("usb")),
        Jtag = root.Get("jtag") is var jtag ? new ChipJtag(jtag.Number("mtck"), jtag.Number("mtdo"), jtag.Number("mtdi"), jtag.Number("mtms")) : null!,
        Crystal = root.Get("xtal32k") is var crystal ? new Crystal32k(crystal.Number("p"), crystal.Number("n")) : null!,
        Uart = root.List("uart", item => new UartPort(item.Text("port"), item.Flag("lowPower"), item.NumberMap("iomux") ?? [])),
        Console = root.Get("console") is var console ? new ConsoleUart(console.Number("uart"), console.Number("tx"), console.Number("rx")) : null!,
        Spi = root.List("spi", item => new SpiHost(item.Text("host"), item.NumberMap("iomux"), item.Flag("gpioMatrix"))),
        Sdmmc = root.List("sdmmc", item => new SdmmcSlot(item.Number("slot"), item.NumberMap("iomux"), item.Flag("gpioMatrix"))),
        EmacRmiiIomux = ReadRmii(root),
        Peripherals = ReadPeripherals(root.Get("peripherals")),
        SleepWake = root.Get("sleepWake") is var wake ? new SleepWake(wake.Flag("ext0"), wake.Flag("ext1"), wake.Flag("gpioWakeup"), wake.Numbers("gpios")) : null!,
        RtcDomain = root.Text("rtcDomain"),
        PowerUpGlitches = root.List("powerUpGlitches", item => new PowerUpGlitch(item.Number("gpio"), item.Text("kind"), item.Real("durationUs"))),
        DigitalIoPads = root.Numbers("digitalIoPads"),
        LpI2c = root.Find("lpI2c") is { } i2c ? new LowPowerI2c(i2c.OptionalNumber("sda"), i2c.OptionalNumber("scl"), i2c.Flag("fixed")) : null,
        Drive = root.Get("drive") is var drive ? new PadDrive(
            drive.Numbers("capLevelsApproxMa"), drive.Number("defaultCap"), drive.Number("perPinSourceMax"), drive.Number("perPinSinkMax"), drive.OptionalText("note")) : null!,
        IdfCommit = root.Text("idfCommit"),
        Sources = root.Texts("sources"),
    };

    /// <summary>What a word says of a pull.</summary>
    public static PinPull Pull(string word) => word switch
    {
        "none" => PinPull.None,
        "up" => PinPull.Up,
        "down" => PinPull.Down,
        "usb-up" => PinPull.UsbUp,
        _ => throw Unknown(word),
    };

    public static PsramMode Psram(string word) => word switch
    {
        "none" => PsramMode.None,
        "quad" => PsramMode.Quad,
        "octal" => PsramMode.Octal,
        "hex" => PsramMode.Hex,
        _ => throw Unknown(word),
    };

    public static ReservationKind Reservation(string word) => word switch
    {
        "flash" => ReservationKind.Flash,
        "psram" => ReservationKind.Psram,
        "vdd-spi" => ReservationKind.VddSpi,
        "not-bonded" => ReservationKind.NotBonded,
        "voltage-domain" => ReservationKind.VoltageDomain,
        _ => throw Unknown(word),
    };

    public static UsbPins? ReadUsbPins(CatalogNode? pins) => pins is { } node ? new UsbPins(node.Number("dm"), node.Number("dp"), node.OptionalText("note")) : null;

    public static JsonException Unknown(string word) => new($"The word '{word}' is not known.");

    private static Pin ReadPin(CatalogNode pin) => new()
    {
        Gpio = pin.Number("gpio"),
        Exists = pin.Flag("valid"),
        Pad = pin.OptionalText("pad"),
        Input = pin.Flag("input"),
        Output = pin.Flag("output"),
        PullUp = pin.Flag("pullUp"),
        PullDown = pin.Flag("pullDown"),
        FixedPull = pin.OptionalText("fixedPull") is { } pull ? Pull(pull) : null,
        Adc = pin.Texts("adc"),
        Touch = pin.OptionalNumber("touch"),
        Dac = pin.OptionalNumber("dac"),
        Rtc = pin.OptionalNumber("rtc"),
        DeepSleepWake = pin.OptionalFlag("deepSleepWake") ?? false,
        IoMux = pin.List("iomux", item => new IoMuxFunction(item.Number("func"), item.Text("signal"))),
        PowerDomain = pin.OptionalText("powerDomain"),
        AtReset = ReadPad(pin.Find("atReset")),
        AfterReset = ReadPad(pin.Find("afterReset")),
        Roles = pin.Texts("roles"),
    };

    private static PadState? ReadPad(CatalogNode? pad) =>
        pad is { } node ? new PadState(node.Flag("inputEnable"), node.Flag("outputEnable"), Pull(node.Text("pull")), node.Text("raw"), node.OptionalText("note")) : null;

    private static PinChannel ReadChannel(CatalogNode item) => new(item.Number("channel"), item.Number("gpio"));

    private static SecondAdc ReadSecondAdc(CatalogNode adc) => new(
        adc.Flag("present"), adc.Numbers("gpios"), adc.Flag("wifiConflict"), adc.Flag("arbiter"), adc.Flag("oneshotSupported"), adc.Flag("continuousSupported"), adc.OptionalText("note"));

    private static StrappingPin ReadStrapping(CatalogNode pin) => new()
    {
        Gpio = pin.Number("gpio"),
        Pad = pin.OptionalText("pad"),
        DefaultPull = Pull(pin.Text("defaultPull")),
        Role = pin.Text("role"),
        Low = pin.OptionalText("low"),
        High = pin.OptionalText("high"),
        Severity = pin.Text("severity") switch
        {
            "none" => StrappingSeverity.None,
            "minor" => StrappingSeverity.Minor,
            "download-only" => StrappingSeverity.DownloadOnly,
            "critical" => StrappingSeverity.Critical,
            var word => throw Unknown(word),
        },
        Note = pin.OptionalText("note"),
        Docs = pin.Texts("docs"),
    };

    private static ChipFlash ReadFlash(CatalogNode flash) => new()
    {
        MspiIomux = flash.NumberMap("mspiIomux") ?? new Dictionary<string, int>(StringComparer.Ordinal),
        FlashPins = flash.Numbers("flashPins"),
        PsramCsPin = flash.OptionalNumber("psramCsPin"),
        OctalPins = flash.Numbers("octalPins"),
        VddSpiGpio = flash.OptionalNumber("vddSpiGpio"),
        Variants = flash.List("variants", ReadVariant),
    };

    private static MemoryVariant ReadVariant(CatalogNode variant) => new()
    {
        Name = variant.Text("variant"),
        Kind = Reservation(variant.Text("kind")),
        Uses = variant.Numbers("uses"),
        Modules = variant.Texts("modules"),
        ExceptModules = variant.Texts("exceptModules"),
        Psram = variant.List("psram", item => Psram(item.AsText())),
        FlashModes = variant.List("flashModes", item => item.AsText() switch
        {
            "qio" => FlashMode.Qio,
            "qout" => FlashMode.Qout,
            "dio" => FlashMode.Dio,
            "dout" => FlashMode.Dout,
            "opi" => FlashMode.Opi,
            var word => throw Unknown(word),
        }),
        FreedByEfuse = variant.OptionalText("freedByEfuse"),
        WhenUnknown = variant.OptionalText("whenUnknown"),
        Note = variant.OptionalText("note"),
    };

    private static ChipUsb ReadUsb(CatalogNode usb) =>
        new(ReadUsbPins(usb.Find("otg")), ReadUsbPins(usb.Find("serialJtag")), usb.Numbers("pullUpPins"), usb.Flag("exchangeEfuse"));

    private static Dictionary<string, IReadOnlyList<int>>? ReadRmii(CatalogNode root)
    {
        if (root.Find("emacRmiiIomux") is not { } map)
            return null;
        var signals = new Dictionary<string, IReadOnlyList<int>>(StringComparer.Ordinal);
        foreach (var property in map.Properties())
            signals[property.Name] = map.Numbers(property.Name);
        return signals;
    }

    private static Peripherals ReadPeripherals(CatalogNode has) => new()
    {
        Uart = has.Count("uart"),
        LpUart = has.Count("lpUart"),
        I2c = has.Count("i2c"),
        LpI2c = has.Count("lpI2c"),
        I2s = has.Count("i2s"),
        SpiTotal = has.Count("spiTotal"),
        SpiGeneralPurpose = has.Count("spiGeneralPurpose"),
        LedcChannels = has.Count("ledcChannels"),
        LedcTimers = has.Count("ledcTimers"),
        LedcTimerBits = has.Count("ledcTimerBits"),
        RmtChannels = has.Count("rmtChannels"),
        RmtTx = has.Count("rmtTx"),
        RmtRx = has.Count("rmtRx"),
        RmtChannelsShared = has.OptionalFlag("rmtChannelsShared") ?? false,
        McpwmGroups = has.Count("mcpwmGroups"),
        PcntUnits = has.Count("pcntUnits"),
        Twai = has.Count("twai"),
        SdmmcSlots = has.Count("sdmmcSlots"),
        AdcUnits = has.Count("adcUnits"),
        DacChannels = has.Count("dacChannels"),
        TouchChannels = has.Count("touchChannels"),
        UsbOtg = has.Count("usbOtg"),
        UsbSerialJtag = has.OptionalFlag("usbSerialJtag") ?? false,
        Emac = has.OptionalFlag("emac") ?? false,
        DvpCamera = has.OptionalFlag("dvpCamera") ?? false,
        LpCore = has.OptionalFlag("lpCore") ?? false,
        Psram = has.OptionalFlag("psram") ?? false,
        Wifi = has.OptionalFlag("wifi") ?? false,
        Wifi5GHz = has.OptionalFlag("wifi5GHz") ?? false,
        Ble = has.OptionalFlag("ble") ?? false,
        BtClassic = has.OptionalFlag("btClassic") ?? false,
        Ieee802154 = has.OptionalFlag("ieee802154") ?? false,
    };
}
