using System.Text;
using System.Text.Json.Nodes;
using EspForge.Boards;

namespace EspForge.Boards.Tests;

public sealed class BoardReaderTests
{
    private const string Mine = """
        {
          "schemaVersion": 1, "id": "my-c3", "name": "My C3", "vendor": "Me", "chip": "esp32c3", "module": "ESP32-C3-MINI-1",
          "flashBytes": 4194304, "psramBytes": 0, "psramMode": null,
          "headers": [ { "id": "J1", "side": "left", "pins": [
            { "pos": 1, "label": "3V3", "kind": "power", "gpio": null },
            { "pos": 2, "label": "IO4", "kind": "gpio", "gpio": 4 } ] } ],
          "exposedGpios": [4]
        }
        """;

    [Fact]
    public void A_users_board_is_read_and_joins_a_catalog()
    {
        var board = BoardReader.Read(Encoding.UTF8.GetBytes(Mine)).Value;
        Assert.Equal("ESP32-C3", board.Chip.Name);
        Assert.Equal([4], board.UsableGpios);
        Assert.Equal("IO4", board.LabelOf(4));
        var catalog = BoardCatalog.Default.With(board).Value;
        Assert.Same(board, catalog.FindBoard("my-c3"));
        Assert.Null(BoardCatalog.Default.FindBoard("my-c3"));
        Assert.Equal("board-exists", catalog.With(board).Fault!.Code);
    }

    [Theory]
    [InlineData("vendor", null, "$ lacks the field 'vendor'")]
    [InlineData("chip", "\"esp99\"", "$.chip names the unknown chip 'esp99'")]
    [InlineData("id", "\"My C3\"", "$.id must match")]
    [InlineData("flashBytes", "\"4MB\"", "$.flashBytes must be integer, not string")]
    [InlineData("flashBytes", "-1", "$.flashBytes must be at least 0")]
    [InlineData("colour", "\"red\"", "$ has the unknown field 'colour'")]
    [InlineData("psramMode", "\"quad\"", "$.psramMode must be null exactly when")]
    [InlineData("psramMode", "\"octo\"", "$.psramMode must be one of")]
    [InlineData("exposedGpios", "[4, 5]", "$.exposedGpios must be exactly the GPIOs on the headers")]
    [InlineData("exposedGpios", "[40]", "$.exposedGpios[0] names GPIO40, which ESP32-C3 does not have")]
    [InlineData("exposedGpios", "[64]", "$.exposedGpios[0] must be at most 63")]
    [InlineData("schemaVersion", "2", "$.schemaVersion must be 1")]
    [InlineData("headers", """[{"id":"J1","side":"left","pins":[{"pos":2,"label":"IO4","kind":"gpio","gpio":4}]}]""", "$.headers[0].pins[0].pos must be 1")]
    [InlineData("headers", """[{"id":"J1","side":"left","pins":[{"pos":1,"label":"IO4","kind":"gpio","gpio":null}]}]""", "$.headers[0].pins[0].gpio must be given")]
    [InlineData("headers", """[{"id":"J1","side":"left","pins":[{"pos":1,"label":"IO4","kind":"gpio","gpio":99}]}]""", "$.headers[0].pins[0].gpio must be at most 63")]
    [InlineData("headers", """[{"id":"J1","side":"up","pins":[]}]""", "$.headers[0].side must be one of")]
    [InlineData("onboard", """[{"function":"led","gpio":30}]""", "$.onboard[0].gpio names GPIO30")]
    [InlineData("reservedGpios", """[{"gpio":11,"reason":"x","kind":"flash"},{"gpio":11,"reason":"y","kind":"flash"}]""", "$.reservedGpios names a GPIO twice")]
    [InlineData("pulls", """[{"gpio":4,"pull":"up","source":"R1"},{"gpio":4,"pull":"down","source":"R2"}]""", "$.pulls names a GPIO twice")]
    [InlineData("pulls", """[{"gpio":30,"pull":"up","source":"R1"}]""", "$.pulls[0].gpio names GPIO30")]
    [InlineData("pulls", """[{"gpio":4,"pull":"none","source":"R1"}]""", "$.pulls[0].pull must be one of")]
    [InlineData("pulls", """[{"gpio":4,"pull":"up"}]""", "$.pulls[0] lacks the field 'source'")]
    public void A_bad_field_is_named(string field, string? value, string message)
    {
        var json = JsonNode.Parse(Mine)!.AsObject();
        if (value is null)
            json.Remove(field);
        else
            json[field] = JsonNode.Parse(value);
        var fault = BoardReader.Read(Encoding.UTF8.GetBytes(json.ToJsonString())).Fault!;
        Assert.Equal("board-malformed", fault.Code);
        Assert.StartsWith(message, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "line 1, byte 1")]
    [InlineData("{\n  \"id\": ,", "line 2, byte 9")]
    [InlineData("[]", "$ must be object, not array")]
    public void What_is_not_a_board_file_is_refused_with_the_place(string json, string message) =>
        Assert.Contains(message, BoardReader.Read(Encoding.UTF8.GetBytes(json)).Fault!.Message, StringComparison.Ordinal);

    [Fact]
    public void A_field_said_twice_and_a_file_too_large_are_refused()
    {
        var twice = Mine.Replace("\"vendor\": \"Me\"", "\"vendor\": \"Me\", \"vendor\": \"You\"", StringComparison.Ordinal);
        Assert.Equal("board-malformed", BoardReader.Read(Encoding.UTF8.GetBytes(twice)).Fault!.Code);
        Assert.Contains("larger than", BoardReader.Read(new byte[BoardReader.MaxBytes + 1]).Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cutting_a_file_anywhere_never_throws()
    {
        var whole = CatalogDataTests.Bytes("boards/xiao-esp32c3");
        for (var length = 0; length < whole.Length - 2; length += 7)
            Assert.False(BoardReader.Read(whole.AsSpan(0, length)).IsSuccess);
    }
}
