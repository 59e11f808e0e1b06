using System.Globalization;

namespace EspForge.Ota.Tests.Releases;

public sealed class ManifestVectorsTests
{
    public static TheoryData<string> Names()
    {
        var names = new TheoryData<string>();
        foreach (var block in VectorFile.Read("manifest.vec")) names.Add(block["name"]);
        return names;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_manifest_is_judged_as_the_vector_says(string name)
    {
        var v = Assert.Single(VectorFile.Read("manifest.vec"), b => b["name"] == name);
        using var key = TrustedKey.FromDeviceKey(TrustedKey.AlgorithmOf(v["alg"])!.Value, Convert.FromHexString(v["publicKey"])).Value;
        Assert.Equal(v["kid"], key.KeyId);
        var now = Number(v["now"]);
        var device = new ManifestContext
        {
            Product = v["product"],
            Chip = v["chip"],
            Format = v["format"] == "esp" ? ImageFormat.Esp : ImageFormat.Host,
            Version = v["version"],
            AgentVersion = v["agentVersion"],
            Sequence = Number(v["sequence"]),
            SecurityEpoch = (uint)Number(v["epoch"]),
            SlotSizeBytes = Number(v["slotSize"]),
        };

        var opened = ManifestReader.Open(Convert.FromHexString(v["cose"]), [new KeyListEntry(key, v["state"] == "retired" ? KeyState.Retired : KeyState.Trusted)]);
        var fault = opened.TryGet(out var payload, out var refused)
            ? ManifestPolicy.Judge(payload, device, now == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(now))
            : refused;
        Assert.Equal(v["expect"], fault?.Code ?? "ok");
    }

    [Fact]
    public void Every_code_a_device_can_say_to_a_manifest_is_covered()
    {
        string[] codes =
        [
            "ok", "manifest-malformed", "key-unknown", "key-retired", "manifest-algorithm", "signature-invalid", "manifest-expired", "product-mismatch", "chip-mismatch", "format-mismatch",
            "sequence-old", "epoch-old", "agent-too-old", "version-too-old", "image-too-large",
        ];
        Assert.Equal(codes.Order(), VectorFile.Read("manifest.vec").Select(b => b["expect"]).Distinct().Order());
    }

    [Fact]
    public void The_vector_file_can_be_made_anew()
    {
        var text = ManifestVectorSource.Write();
        if (Environment.GetEnvironmentVariable("ESPFORGE_WRITE_VECTORS") == "1") File.WriteAllText(VectorFile.PathOf("manifest.vec"), text);

        // Signatures differ from run to run; names and expectations may not.
        static IEnumerable<string> Fixed(IEnumerable<string> lines) =>
            lines.Where(l => l.StartsWith("name:", StringComparison.Ordinal) || l.StartsWith("expect:", StringComparison.Ordinal));
        Assert.Equal(Fixed(text.Split('\n')), Fixed(File.ReadAllLines(VectorFile.PathOf("manifest.vec"))));
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
