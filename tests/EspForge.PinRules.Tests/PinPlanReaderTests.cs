using System.Buffers;
using System.Text;

namespace EspForge.PinRules.Tests;

public sealed class PinPlanReaderTests
{
    private const string Full = """
        {
          "board": "esp32-cam", "chip": "esp32", "module": "ESP32-WROVER-E", "flashMode": "qio", "psram": "quad", "vddSpiMillivolts": 1800,
          "efuses": ["VDD_SPI_AS_GPIO"], "wifi": true, "console": "uart0", "externalPull": { "12": "up" }, "wake": { "ext0": [38] }, "interrupts": [39],
          "uses": [ { "gpio": 21, "function": "i2c0", "signal": "sda", "direction": "io", "pull": "up" }, { "gpio": 4, "function": "led" } ],
          "overrides": [ { "rule": "strapping", "gpios": [12], "reason": "checked" } ]
        }
        """;

    [Fact]
    public void Every_field_is_read()
    {
        var plan = Read(Full).Value;
        Assert.Equal(("esp32-cam", "esp32", "ESP32-WROVER-E"), (plan.Board, plan.Chip, plan.Module));
        Assert.Equal((EspForge.Boards.FlashMode.Qio, EspForge.Boards.PsramMode.Quad, 1800), (plan.FlashMode, plan.Psram, plan.VddSpiMillivolts));
        Assert.Equal(["VDD_SPI_AS_GPIO"], plan.Efuses);
        Assert.True(plan.Wifi);
        Assert.Equal(PlanConsole.Uart0, plan.Console);
        Assert.Equal(EspForge.Boards.PinPull.Up, plan.ExternalPull[12]);
        Assert.Equal([38], plan.Wake["ext0"]);
        Assert.Equal([39], plan.Interrupts);
        Assert.Equal([new PinUse(21, "i2c0", "sda", PinDirection.Io, EspForge.Boards.PinPull.Up), new PinUse(4, "led")], plan.Uses);
        Assert.Equal(("strapping", "checked"), (plan.Overrides[0].Rule, plan.Overrides[0].Reason));
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        var output = new ArrayBufferWriter<byte>();
        PinPlanWriter.Write(Read(Full).Value, output);
        var again = new ArrayBufferWriter<byte>();
        PinPlanWriter.Write(PinPlanReader.Read(output.WrittenSpan).Value, again);
        Assert.Equal(Encoding.UTF8.GetString(output.WrittenSpan), Encoding.UTF8.GetString(again.WrittenSpan));
        Assert.Contains("\"externalPull\"", Encoding.UTF8.GetString(again.WrittenSpan), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"chip":"esp32","uses":[{"gpio":"4","function":"led"}]}""", "$.uses[0].gpio must be a whole number.")]
    [InlineData("""{"chip":"esp32","uses":[{"gpio":4.5,"function":"led"}]}""", "$.uses[0].gpio must be a whole number.")]
    [InlineData("""{"chip":"esp32","uses":[{"gpio":-1,"function":"led"}]}""", "$.uses[0].gpio must be a GPIO number from 0 to 255.")]
    [InlineData("""{"chip":"esp32","uses":[{"gpio":4,"function":"led"},{"gpio":5}]}""", "$.uses[1] lacks the field 'function'.")]
    [InlineData("""{"chip":"esp32","uses":[{"function":"led"}]}""", "$.uses[0] lacks the field 'gpio'.")]
    [InlineData("""{"chip":"esp32","uses":[{"gpio":4,"function":"led","colour":"red"}]}""", "$.uses[0] has the unknown field 'colour'")]
    [InlineData("""{"chip":"esp32","uses":[{"gpio":4,"function":"led","direction":"sideways"}]}""", "$.uses[0].direction must be one of in, out, io, analog")]
    [InlineData("""{"chip":"esp32","uses":[{"gpio":4,"function":"led","pull":"usb-up"}]}""", "$.uses[0].pull must be one of up, down, none")]
    [InlineData("""{"chip":"esp32","uses":[{"gpio":4,"function":" "}]}""", "$.uses[0].function must not be empty.")]
    [InlineData("""{"chip":"esp32","uses":{}}""", "$.uses must be an array.")]
    [InlineData("""{"chip":"esp32"}""", "$ lacks the field 'uses'.")]
    [InlineData("""{"uses":[]}""", "$ names neither a board nor a chip")]
    [InlineData("""{"chip":"esp99","uses":[]}""", "$.chip names the unknown chip 'esp99'")]
    [InlineData("""{"board":"nope","uses":[]}""", "$.board names the unknown board 'nope'")]
    [InlineData("""{"board":"esp32-cam","chip":"esp32c3","uses":[]}""", "$.chip says 'esp32c3', but the board 'esp32-cam' has 'esp32'.")]
    [InlineData("""{"chip":"esp32","uses":[],"pins":[]}""", "$ has the unknown field 'pins'")]
    [InlineData("""{"chip":"esp32","uses":[],"vddSpiMillivolts":2500}""", "$.vddSpiMillivolts must be 1800 or 3300.")]
    [InlineData("""{"chip":"esp32","uses":[],"wifi":"yes"}""", "$.wifi must be true or false.")]
    [InlineData("""{"chip":"esp32","uses":[],"externalPull":{"GPIO12":"up"}}""", "$.externalPull has the field 'GPIO12', which is not a GPIO number.")]
    [InlineData("""{"chip":"esp32","uses":[],"externalPull":{"12":"sideways"}}""", "$.externalPull.12 must be one of")]
    [InlineData("""{"chip":"esp32","uses":[],"wake":{"ext7":[1]}}""", "$.wake has the unknown field 'ext7'")]
    [InlineData("""{"chip":"esp32","uses":[],"wake":{"ext0":["1"]}}""", "$.wake.ext0[0] must be a whole number.")]
    [InlineData("""{"chip":"esp32","uses":[],"overrides":[{"rule":"nope","gpios":[1],"reason":"x"}]}""", "$.overrides[0].rule names no rule: 'nope'")]
    [InlineData("""{"chip":"esp32","uses":[],"overrides":[{"rule":"flash","gpios":[1]}]}""", "$.overrides[0] lacks the field 'reason'.")]
    [InlineData("""[]""", "$ must be an object.")]
    [InlineData("{\n\"chip\":", "is not valid JSON at line 2")]
    [InlineData("", "is not valid JSON at line 1")]
    [InlineData("""{"chip":"esp32","chip":"esp32","uses":[]}""", "is not valid JSON")]
    [InlineData("""{"chip":"esp32","uses":[{"gpio":4,"function":"\ud800"}]}""", "not valid Unicode")]
    public void A_bad_field_is_named_by_its_path(string json, string message)
    {
        var fault = Read(json).Fault!;
        Assert.Equal("plan-malformed", fault.Code);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_use_on_its_own_may_still_look_for_its_pin()
    {
        Assert.Equal(new PinUse(-1, "i2c0", "sda"), PinPlanReader.ReadUse("""{"function":"i2c0","signal":"sda"}"""u8).Value);
        Assert.Equal("$ lacks the field 'function'.", PinPlanReader.ReadUse("""{"gpio":4}"""u8).Fault!.Message);
        Assert.NotEmpty(PinSuggester.Suggest(Plans.OfChip("esp32"), new PinUse(-1, "i2c0", "sda")));
    }

    [Fact]
    public void Limits_are_kept()
    {
        var use = """{"gpio":4,"function":"led"}""";
        Assert.True(Read($$"""{"chip":"esp32","uses":[{{string.Join(',', Enumerable.Repeat(use, 64))}}]}""").IsSuccess);
        Assert.StartsWith("$.uses has more than 64 entries.", Read($$"""{"chip":"esp32","uses":[{{string.Join(',', Enumerable.Repeat(use, 65))}}]}""").Fault!.Message, StringComparison.Ordinal);
        Assert.True(Read($$"""{"chip":"esp32","uses":[{"gpio":4,"function":"{{new string('x', 64)}}"}]}""").IsSuccess);
        Assert.Equal("$.uses[0].function is longer than 64 characters.", Read($$"""{"chip":"esp32","uses":[{"gpio":4,"function":"{{new string('x', 65)}}"}]}""").Fault!.Message);
        Assert.Equal("$ is larger than 65536 bytes.", Read(new string(' ', 65_537)).Fault!.Message);
    }

    private static EspForge.Outcome<PinPlan> Read(string json) => PinPlanReader.Read(Encoding.UTF8.GetBytes(json));
}
