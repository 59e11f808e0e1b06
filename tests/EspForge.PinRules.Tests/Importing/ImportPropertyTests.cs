using EspForge.Boards;
using EspForge.PinRules.Tests.Generating;
using FsCheck;
using FsCheck.Fluent;

namespace EspForge.PinRules.Tests.Importing;

/// <summary>What holds for every text and every plan. ESPFORGE_IMPORT_TEXTS sets how many texts are tried.</summary>
public sealed class ImportPropertyTests
{
    private static readonly int Texts = int.TryParse(Environment.GetEnvironmentVariable("ESPFORGE_IMPORT_TEXTS"), System.Globalization.CultureInfo.InvariantCulture, out var count) ? count : 3_000;

    private const string Damage = " \n:-[]{}\"'#*/&!|>\t0A";

    private static readonly string[] Formats = ["c-header", "esphome", "platformio"];

    private static readonly string[] Pieces =
    [
        "#define ", "#if ", "#ifdef X\n", "#else\n", "#elif defined(", "#endif\n", "PIN_LED", " 4", "GPIO_NUM_5", "(", ")", "{", "}", "[", "]", ";", "\n", "\r\n", "/*", "*/", "//", "\\\n", "\"", "'", "const int ",
        "constexpr ", "=", "a: ", "- ", "  ", "\t", "|", ">", "|-\n", "!secret x", "!lambda |-\n", "&x ", "*x", "<<: *x", "#", ": ", "pin: ", "GPIO4", "${", "$a", "esp32:\n", "[env:a]\n", "extends = env:a\n",
        "build_flags = -D ", "${env:a.build_flags}", ",", "---\n", "\0", "\ufeff", "\ud800", "i2c:\n", "sda: 4\n", "0x", "99999999999999999999", "-1", "number: ", "mode:\n", "defined", "!", "&&", "||", "==",
    ];

    private static readonly (string Function, string?[] Signals)[] Words =
    [
        ("i2c0", ["sda", "scl"]), ("spi2", ["sck", "mosi", "miso", "cs"]), ("uart1", ["tx", "rx"]), ("lora", ["nss", "rst", "dio1", "busy"]), ("camera", ["d0", "xclk", "pclk"]), ("display", ["cs", "dc", "bl"]),
        ("relay", [null]), ("button", [null]), ("led", [null]), ("status-led", [null]), ("battery", [null]), ("buzzer", [null]), ("ledc0", [null]), ("eth", ["mdc", "mdio"]), ("i2s0", ["ws", "bclk", "dout"]),
    ];

    private static readonly Gen<string> Text =
        from pieces in Gen.ListOf(Gen.Frequency((8, Gen.Elements(Pieces)), (1, Gen.Choose(0, 0x2ff).Select(code => ((char)code).ToString()))))
        select string.Concat(pieces);

    private static readonly Gen<PinPlan> Plan =
        from board in Gen.Elements(BoardCatalog.Default.BoardIds.ToArray())
        from picks in Gen.ListOf(
            from words in Gen.Elements(Words)
            from signal in Gen.Elements(words.Signals)
            from gpio in Gen.Choose(0, 48)
            from pull in Gen.Elements<PinPull?>(null, null, PinPull.Up, PinPull.Down)
            select new PinUse(gpio, words.Function, signal, null, pull))
        select new PinPlan { Board = board, Uses = [.. picks.DistinctBy(use => use.Name).DistinctBy(use => use.Gpio).Take(PinPlan.MaxUses)] };

    [Fact]
    public void No_text_makes_an_import_throw_and_what_it_gives_is_a_plan() => Prop.ForAll(Text.ToArbitrary(), Gen.Elements(Formats).ToArbitrary(), (text, format) =>
    {
        var outcome = PinImport.Read(text, new PinImportOptions { Format = format });
        if (!outcome.TryGet(out var imported, out var fault))
            return fault.Message.Length > 0;
        var json = new System.Buffers.ArrayBufferWriter<byte>();
        PinPlanWriter.Write(imported.Plan, json);
        return imported.Notes.Count <= PinImport.MaxNotes && PinPlanReader.Read(json.WrittenSpan).IsSuccess;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(Texts));

    [Fact]
    public void Damage_to_a_real_file_makes_nothing_throw()
    {
        var random = new Random(4);
        foreach (var (format, text) in new[] { "c-header", "esphome", "platformio" }.Select(format => (format, PinCode.Generate(SamplePlans.OfBoard("esp32-devkitc-v4"), format).Value.Text)))
        {
            for (var round = 0; round < 500; round++)
            {
                var letters = text.ToCharArray();
                for (var i = 0; i < 1 + (round % 8); i++)
                    letters[random.Next(letters.Length)] = Damage[random.Next(Damage.Length)];
                _ = PinImport.Read(new string(letters, 0, random.Next(1, letters.Length)), new PinImportOptions { Format = format });
            }
        }
    }

    [Fact]
    public void A_header_that_was_generated_reads_back_to_the_same_plan() => Prop.ForAll(Plan.ToArbitrary(), plan =>
    {
        foreach (var format in new[] { "c-header", "arduino", "esp-idf" })
        {
            var back = PinImport.Read(PinCode.Generate(plan, format).Value.Text, new PinImportOptions { FileName = "pins.h" }).Value.Plan;
            Assert.Equal(plan.Board, back.Board);
            Assert.Equal(Meaning(plan), Meaning(back));
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Defines_in_a_generated_platformio_ini_read_back_to_the_same_pins() => Prop.ForAll(Plan.ToArbitrary(), plan =>
    {
        var back = PinImport.Read(PinCode.Generate(plan, "platformio").Value.Text, new PinImportOptions { FileName = "platformio.ini" }).Value.Plan;
        Assert.Equal(plan.Uses.Select(use => $"{use.Gpio} {use.Name}").Order(StringComparer.Ordinal), back.Uses.Select(use => $"{use.Gpio} {use.Name}").Order(StringComparer.Ordinal));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_ESPHome_configuration_that_was_generated_reads_back_to_the_same_uses() => Prop.ForAll(Plan.ToArbitrary(), plan =>
    {
        var back = PinImport.Read(PinCode.Generate(plan, "esphome").Value.Text, new PinImportOptions { FileName = "pins.yaml", Board = plan.Board }).Value.Plan;
        Assert.Equal(Names(plan), Names(back));
    }).QuickCheckThrowOnFailure();

    private static List<string> Names(PinPlan plan) => [.. plan.Uses.Select(use => $"{use.Gpio} {use.Name} {PinFunction.Read(use).Direction}").Order(StringComparer.Ordinal)];

    private static List<string> Meaning(PinPlan plan) => [.. plan.Uses.Select(use => $"{use.Gpio} {use.Name} {PinFunction.Read(use).Direction} {use.Pull}").Order(StringComparer.Ordinal)];
}
