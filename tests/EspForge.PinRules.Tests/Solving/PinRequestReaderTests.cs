using System.Buffers;
using System.Text;
using System.Text.Json;

namespace EspForge.PinRules.Tests.Solving;

public sealed class PinRequestReaderTests
{
    [Fact]
    public void Every_field_is_read()
    {
        var request = Read("""
            { "plan": { "board": "esp32-devkitc-v4", "wifi": true, "uses": [ { "gpio": 4, "function": "led" }, { "gpio": 5, "function": "key" } ] }, "locked": [4], "free": [5],
              "needs": [ { "kind": "spi", "name": "display", "count": 1, "signals": ["sck", "mosi", "cs"], "speedHz": 40000000, "bus": "b", "instance": 3, "gpios": [18, 19, 23, 21], "near": "J3", "locked": { "sck": 18 } },
                         { "kind": "adc", "wifi": true, "near": 34, "soldered": 35 }, { "kind": "wake", "source": "ext0", "pull": "down", "direction": "in" }, { "kind": "sdcard", "mode": "spi", "bus": "sd", "name": null } ] }
            """).Value;
        Assert.Equal([4], request.Locked);
        Assert.Equal([5], request.Free);
        var spi = request.Needs[0];
        Assert.Equal(("spi", "display", 40_000_000, "b", 3, "J3", 18), (spi.Kind, spi.Name, spi.SpeedHz, spi.Bus, spi.Instance, spi.NearHeader, spi.Locked["sck"]));
        Assert.Equal((true, 34, 35), (request.Needs[1].Wifi, request.Needs[1].NearGpio, request.Needs[1].Soldered[""]));
        Assert.Equal(("ext0", PinDirection.In), (request.Needs[2].Source, request.Needs[2].Direction));
        Assert.NotNull(PinSolver.Solve(request).Plan);
    }

    [Theory]
    [InlineData("""{"needs":[]}""", "$ lacks the field 'plan'.")]
    [InlineData("""{"plan":{"board":"nope"}}""", "$.plan.board names the unknown board 'nope'")]
    [InlineData("""{"plan":{"chip":"esp32","uses":[{"gpio":4}]}}""", "$.plan.uses[0] lacks the field 'function'.")]
    [InlineData("""{"plan":[]}""", "$.plan must be an object.")]
    [InlineData("""{"plan":{"chip":"esp32"},"needs":[{"count":2}]}""", "$.needs[0] lacks the field 'kind'.")]
    [InlineData("""{"plan":{"chip":"esp32"},"needs":[{"kind":"i2c","pins":2}]}""", "$.needs[0] has the unknown field 'pins'; known are kind,")]
    [InlineData("""{"plan":{"chip":"esp32"},"needs":[{"kind":"i2c","count":0}]}""", "$.needs[0].count must be from 1 to 64.")]
    [InlineData("""{"plan":{"chip":"esp32"},"needs":[{"kind":"pwm","count":60},{"kind":"pwm","count":5}]}""", "$ asks for 65 uses in all; a plan has at most 64.")]
    [InlineData("""{"plan":{"chip":"esp32"},"needs":[{"kind":"i2c","locked":{"sdo":4}}]}""", "$.needs[0].locked names the line 'sdo', which the need does not have; it has sda, scl.")]
    [InlineData("""{"plan":{"chip":"esp32"},"needs":[{"kind":"i2c","soldered":{"sda":24}}]}""", "$.needs[0].soldered names GPIO24, which ESP32 does not have.")]
    [InlineData("""{"plan":{"chip":"esp32","uses":[{"gpio":4,"function":"led"}]},"needs":[{"kind":"adc","soldered":4}]}""", "$.needs[0].soldered names GPIO4, which is taken by led.")]
    [InlineData("""{"plan":{"chip":"esp32"},"locked":[4]}""", "$.locked[0] names GPIO4, which no use of the plan is on.")]
    [InlineData("""{"plan":{"chip":"esp32"},"needs":[{"kind":"sdcard","mode":"usb"}]}""", "$.needs[0].mode must be one of sdmmc1, sdmmc4, spi.")]
    [InlineData("""{"plan":{"chip":"esp32"},"needs":[{"kind":"wake","source":"bell"}]}""", "$.needs[0].source must be one of")]
    [InlineData("""{"plan":{"chip":"esp32"},"needs":[{"kind":"spi","near":"J9"}]}""", "$.needs[0].near names the header 'J9', which the board does not have.")]
    [InlineData("""{"plan":{"chip":"esp32"},"needs":[{"kind":"spi","speedHz":0}]}""", "$.needs[0].speedHz must be above 0.")]
    [InlineData("""{"plan":{"chip":"esp32"},"needs":[{"kind":"pwm","instance":1}]}""", "$.needs[0].instance says nothing for 'pwm'")]
    [InlineData("""{"plan":{"chip":"esp32"},"needs":[{"kind":"i2c","wifi":1}]}""", "$.needs[0].wifi must be true or false.")]
    [InlineData("""{"plan":{"chip":"esp32"},"needs":[{"kind":"i2c","kind":"spi"}]}""", "is not valid JSON")]
    [InlineData("", "is not valid JSON at line 1")]
    public void A_bad_field_is_named_by_its_path(string json, string message)
    {
        var fault = Read(json).Fault!;
        Assert.Equal("request-malformed", fault.Code);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_solution_is_written_with_plan_cost_and_reasons()
    {
        var bytes = new ArrayBufferWriter<byte>();
        PinSolutionWriter.Write(PinSolver.Solve(Read("""{"plan":{"chip":"esp32c3"},"needs":[{"kind":"i2c"}]}""").Value), bytes);
        using var document = JsonDocument.Parse(bytes.WrittenMemory);
        var root = document.RootElement;
        Assert.True(root.GetProperty("optimal").GetBoolean());
        Assert.Equal(2, root.GetProperty("placements").GetArrayLength());
        Assert.Equal(root.GetProperty("cost").GetRawText(), root.GetProperty("bound").GetRawText());
        Assert.True(PinPlanReader.Read(Encoding.UTF8.GetBytes(root.GetProperty("plan").GetRawText())).IsSuccess);

        bytes.Clear();
        PinSolutionWriter.Write(PinSolver.Solve(Read("""{"plan":{"chip":"esp32c3"},"needs":[{"kind":"dac"}]}""").Value), bytes);
        using var refused = JsonDocument.Parse(bytes.WrittenMemory);
        Assert.Equal("pins", refused.RootElement.GetProperty("conflict").GetProperty("kind").GetString());
        Assert.Equal(JsonValueKind.Null, refused.RootElement.GetProperty("plan").ValueKind);
    }

    private static EspForge.Outcome<PinRequest> Read(string json) => PinRequestReader.Read(Encoding.UTF8.GetBytes(json));
}
