using System.Globalization;

namespace EspForge.Ota.Tests;

/// <summary><c>tests/vectors/cbor.vec</c>, which the C tests read, too.</summary>
public sealed class CborVectorsTests
{
    public static TheoryData<string> Names()
    {
        var names = new TheoryData<string>();
        foreach (var block in VectorFile.Read("cbor.vec"))
            names.Add(block["name"]);
        return names;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Deterministic_cbor_is_read_as_the_vectors_say(string name)
    {
        var v = Assert.Single(VectorFile.Read("cbor.vec"), block => string.Equals(block["name"], name, StringComparison.Ordinal));
        var read = Read(v["read"], Convert.FromHexString(v["cbor"]));
        Assert.Equal(string.Equals(v["expect"], "ok", StringComparison.Ordinal) ? v["value"] : null, read);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_taken_is_what_is_written(string name)
    {
        var v = Assert.Single(VectorFile.Read("cbor.vec"), block => string.Equals(block["name"], name, StringComparison.Ordinal));
        if (!string.Equals(v["expect"], "ok", StringComparison.Ordinal))
            return;
        var writer = new CborWriter(stackalloc byte[1024]);
        switch (v["read"])
        {
            case "uint":
                writer.Unsigned(ulong.Parse(v["value"], CultureInfo.InvariantCulture));
                break;
            case "int":
                writer.Integer(long.Parse(v["value"], CultureInfo.InvariantCulture));
                break;
            case "bytes":
                writer.Bytes(Convert.FromHexString(v["value"]));
                break;
            case "text":
                writer.Text(System.Text.Encoding.UTF8.GetString(Convert.FromHexString(v["value"])));
                break;
            case "array":
                writer.Array(int.Parse(v["value"], CultureInfo.InvariantCulture));
                break;
            case "map":
                writer.Map(int.Parse(v["value"], CultureInfo.InvariantCulture));
                break;
            default:
                writer.Tag(ulong.Parse(v["value"], CultureInfo.InvariantCulture));
                break;
        }

        Assert.Equal(v["cbor"], Convert.ToHexStringLower(writer.Written));
    }

    private static string? Read(string kind, byte[] cbor)
    {
        var reader = new CborReader(cbor);
        var value = kind switch
        {
            "uint" => reader.Unsigned(out var number) ? number.ToString(CultureInfo.InvariantCulture) : null,
            "int" => reader.Integer(out var number) ? number.ToString(CultureInfo.InvariantCulture) : null,
            "bytes" => reader.Bytes(out var bytes) ? Convert.ToHexStringLower(bytes) : null,
            "text" => reader.Text(40, out var text) ? Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(text)) : null,
            "array" => reader.Array(out var count) ? count.ToString(CultureInfo.InvariantCulture) : null,
            "map" => reader.Map(out var pairs) ? pairs.ToString(CultureInfo.InvariantCulture) : null,
            "tag" => reader.Tag(out var tag) ? tag.ToString(CultureInfo.InvariantCulture) : null,
            _ => throw new InvalidOperationException($"A vector asks for '{kind}'."),
        };
        return value is not null && reader.AtEnd ? value : null;
    }
}
