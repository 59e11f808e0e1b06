using System.Text.Json;
using EspForge.Boards;

namespace EspForge.Boards.Tests;

/// <summary>Every data file of the package against its schema and against itself.</summary>
public sealed class CatalogDataTests
{
    [Fact]
    public void What_is_read_by_name_is_what_a_serializer_reads()
    {
        foreach (var id in BoardCatalog.Default.ChipIds)
            Same(BoardCatalog.Default.FindChip(id)!, "chips/" + id, CatalogJson.Default.Chip);
        foreach (var id in BoardCatalog.Default.BoardIds)
            Same(BoardCatalog.Default.FindBoard(id)!, "boards/" + id, CatalogJson.Default.Board);

        static void Same<T>(T read, string resource, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        {
            using var stream = BoardSchemas.Open(resource);
            var expected = System.Text.Json.JsonSerializer.Deserialize(stream, type)!;
            Assert.Equal(System.Text.Json.JsonSerializer.Serialize(expected, type), System.Text.Json.JsonSerializer.Serialize(read, type));
        }
    }

    public static TheoryData<string> Chips => [.. BoardCatalog.Default.ChipIds];

    public static TheoryData<string> Boards => [.. BoardCatalog.Default.BoardIds];

    [Fact]
    public void Ten_chips_and_44_boards_load()
    {
        Assert.Equal(10, BoardCatalog.Default.Chips.Count);
        Assert.Equal(44, BoardCatalog.Default.Boards.Count);
        Assert.Equal(BoardCatalog.Default.ChipIds, BoardCatalog.Default.Chips.Select(chip => chip.Id));
        Assert.Equal(BoardCatalog.Default.BoardIds, BoardCatalog.Default.Boards.Select(board => board.Id));
    }

    [Theory]
    [MemberData(nameof(Chips))]
    public void A_chip_file_conforms_to_the_schema(string id) =>
        Assert.Null(Check(BoardSchemas.Chip).FirstViolation(Json("chips/" + id).RootElement));

    [Theory]
    [MemberData(nameof(Boards))]
    public void A_board_file_conforms_to_the_schema_and_is_read_back_by_the_reader(string id)
    {
        Assert.Null(Check(BoardSchemas.Board).FirstViolation(Json("boards/" + id).RootElement));
        var read = BoardReader.Read(Bytes("boards/" + id));
        Assert.True(read.IsSuccess, read.Fault?.Message);
        Assert.Equal(id, read.Value.Id);
    }

    [Theory]
    [MemberData(nameof(Chips))]
    public void The_lists_of_a_chip_agree_with_its_pins(string id)
    {
        var chip = BoardCatalog.Default.FindChip(id)!;
        var json = Json("chips/" + id).RootElement;
        Assert.Equal(chip.GpioCount, chip.Pins.Count);
        Assert.InRange(chip.GpioCount, 1, Chip.MaxGpios);
        Assert.Equal(Enumerable.Range(0, chip.GpioCount), chip.Pins.Select(pin => pin.Gpio));
        AssertPins("validGpios", pin => pin.Exists);
        AssertPins("outputCapable", pin => pin.Output);
        AssertPins("inputOnly", pin => pin.InputOnly);
        Assert.Equal(chip.Pins.Where(pin => !pin.Exists).Select(pin => pin.Gpio), Ints(json.GetProperty("nonexistentGpios")));
        Assert.Equal(
            chip.Adc.Select(channel => (channel.Gpio, $"ADC{channel.Unit}_CH{channel.Channel}")).Order(),
            chip.Pins.SelectMany(pin => pin.Adc.Select(name => (pin.Gpio, name))).Order());
        Assert.Equal(chip.Touch.Select(pad => (pad.Gpio, pad.Channel)).Order(), chip.Pins.Where(pin => pin.Touch is not null).Select(pin => (pin.Gpio, pin.Touch!.Value)));
        Assert.Equal(chip.Dac.Select(pad => (pad.Gpio, pad.Channel)).Order(), chip.Pins.Where(pin => pin.Dac is not null).Select(pin => (pin.Gpio, pin.Dac!.Value)));
        Assert.Equal(chip.Adc.Where(channel => channel.Unit == 2).Select(channel => channel.Gpio).Order(), chip.Adc2.Gpios.Order());
        Assert.Equal(chip.Adc2.Present, chip.Adc2.Gpios.Count > 0);
        Assert.Equal(Mask(chip.Strapping.Where(strap => strap.Severity != StrappingSeverity.None).Select(strap => strap.Gpio)), chip.PinsWith(PinTraits.Strapping));
        Assert.Equal(Mask([chip.Jtag.Mtck, chip.Jtag.Mtdi, chip.Jtag.Mtdo, chip.Jtag.Mtms]), chip.PinsWith(PinTraits.Jtag));
        Assert.Equal(Mask([chip.Console.Tx, chip.Console.Rx]), chip.PinsWith(PinTraits.ConsoleUart));
        Assert.Equal(chip.Usb.SerialJtag is { } usb ? Mask([usb.Dm, usb.Dp]) : 0, chip.PinsWith(PinTraits.UsbSerialJtag));
        Assert.Equal(chip.Usb.Otg is { } otg ? Mask([otg.Dm, otg.Dp]) : 0, chip.PinsWith(PinTraits.UsbOtg));
        Assert.Equal(Mask(chip.SleepWake.Gpios), chip.PinsWith(PinTraits.DeepSleepWake));
        Assert.Equal(chip.Flash.VddSpiGpio is { } vdd ? 1UL << vdd : 0, chip.PinsWith(PinTraits.VddSpi));
        Assert.All(chip.Flash.Variants.SelectMany(variant => variant.Uses), gpio => Assert.NotNull(chip.FindPin(gpio)));
        Assert.Contains(chip.Flash.Variants, variant => variant is { Kind: ReservationKind.Flash, Modules: [], FlashModes: [] });
        Assert.NotEmpty(chip.Sources);

        void AssertPins(string list, Func<Pin, bool> holds) => Assert.Equal(Ints(json.GetProperty(list)).Order(), chip.Pins.Where(holds).Select(pin => pin.Gpio));
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void A_board_agrees_with_its_chip_and_itself(string id)
    {
        var board = BoardCatalog.Default.FindBoard(id)!;
        Assert.Equal(board.ChipId, board.Chip.Id);
        Assert.All(board.ExposedGpios, gpio => Assert.NotNull(board.Chip.FindPin(gpio)));
        Assert.All(board.Headers.SelectMany(header => header.Pins), pin => Assert.Equal(pin.Kind == HeaderPinKind.Gpio, pin.Gpio is not null));
        if (board.Headers.Count > 0)
            Assert.Equal(board.ExposedGpios, board.Headers.SelectMany(header => header.Pins).Where(pin => pin.Gpio is not null).Select(pin => pin.Gpio!.Value).Distinct().Order());
        Assert.All(board.ExposedGpios, gpio => Assert.Equal(board.Headers.Count > 0, board.LabelOf(gpio) is not null));
        Assert.Empty(board.UsableGpios.Intersect(board.ReservedGpios.Select(reserved => reserved.Gpio)));
        Assert.Equal((board.Chip.Console.Tx, board.Chip.Console.Rx), (board.Usb!.Console.Tx, board.Usb.Console.Rx));
        Assert.NotEmpty(board.Sources);
    }

    [Fact]
    public void Facts_that_third_parties_get_wrong_are_right_here()
    {
        var esp32 = BoardCatalog.Default.FindChip("esp32")!;
        Assert.Equal(PinPull.Up, esp32.Strapping.Single(strap => strap.Gpio == 5).DefaultPull);
        Assert.Equal(StrappingSeverity.None, esp32.Strapping.Single(strap => strap.Gpio == 4).Severity);
        Assert.Equal(PinPull.Down, BoardCatalog.Default.FindChip("esp32s2")!.FindPin(46)!.FixedPull);
        Assert.Equal(18, BoardCatalog.Default.FindChip("esp32c61")!.Flash.VddSpiGpio);
        Assert.Contains(9, BoardCatalog.Default.FindBoard("m5stick-c")!.Onboard.Select(part => part.Gpio));
        Assert.DoesNotContain(9, BoardCatalog.Default.FindBoard("m5stick-c")!.ReservedGpios.Select(reserved => reserved.Gpio));
    }

    internal static byte[] Bytes(string resource)
    {
        using var stream = BoardSchemas.Open(resource);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static SchemaCheck Check(string schema) => new(JsonDocument.Parse(schema).RootElement);

    private static JsonDocument Json(string resource) => JsonDocument.Parse(Bytes(resource));

    private static IEnumerable<int> Ints(JsonElement list) => list.EnumerateArray().Select(item => item.GetInt32());

    private static ulong Mask(IEnumerable<int> gpios) => gpios.Aggregate(0UL, (mask, gpio) => mask | 1UL << gpio);
}
