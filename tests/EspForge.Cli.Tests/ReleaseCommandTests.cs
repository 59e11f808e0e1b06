using System.Text.Json;
using EspForge.Ota;

namespace EspForge.Cli.Tests;

public sealed class ReleaseCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("espforge-cli-");

    public ReleaseCommandTests() => File.WriteAllBytes(At("image.bin"), Image("1.2.0"));

    public void Dispose() => _folder.Delete(recursive: true);

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private static byte[] Image(string version) => HostImage.Pack(new HostImageHeader("lamp", version, "esp32c3", "x86_64", "0.1.0"), "\u007FELF and the rest"u8);

    private (int ExitCode, string Output, string Error) Sign(params string[] more) =>
        CliRunner.Run(["release", "sign", At("image.bin"), "--key", At("key.pem"), "--product", "lamp", "--sequence", "7", "-o", At("manifest.cose"), .. more]);

    private (int ExitCode, string Output, string Error) Verify(params string[] more) => CliRunner.Run(["release", "verify", At("manifest.cose"), .. more]);

    private void MakeKey(string name)
    {
        Assert.Equal(0, CliRunner.Run("key", "create", At(name + ".pem")).ExitCode);
        File.WriteAllText(At(name + ".pub"), CliRunner.Run("key", "public", At(name + ".pem")).Output);
        File.WriteAllText(At(name + ".json"), CliRunner.Run("key", "public", At(name + ".pem"), "--jwks").Output);
    }

    [Fact]
    public void A_release_is_signed_and_verified_with_either_key_document()
    {
        MakeKey("key");
        var (exitCode, output, error) = Sign("--epoch", "3", "--minimum-version", "1.0.0", "--image-signature", At("image.sig"));
        Assert.Equal((0, ""), (exitCode, error));
        Assert.StartsWith("lamp 1.2.0 for esp32c3, sequence 7, signed by ", output, StringComparison.Ordinal);
        Assert.True(File.Exists(At("image.sig")));
        Assert.Equal(0, Verify("--pem", At("key.pub"), "--image", At("image.bin")).ExitCode);
        var verified = Verify("--jwks", At("key.json"));
        Assert.Equal((0, ""), (verified.ExitCode, verified.Error));
        Assert.Contains("sequence 7, epoch 3", verified.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_manifest_of_another_key_or_about_another_image_exits_1()
    {
        MakeKey("key");
        MakeKey("other");
        Assert.Equal(0, Sign().ExitCode);
        Assert.Equal(1, Verify("--pem", At("other.pub")).ExitCode);
        File.WriteAllBytes(At("image.bin"), Image("1.2.1"));
        var (exitCode, _, error) = Verify("--pem", At("key.pub"), "--image", At("image.bin"));
        Assert.Equal(1, exitCode);
        Assert.Contains("SHA-256", error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_altered_manifest_exits_1_and_what_is_none_exits_2()
    {
        MakeKey("key");
        Assert.Equal(0, Sign().ExitCode);
        var cose = File.ReadAllBytes(At("manifest.cose"));
        cose[^1] ^= 1;
        File.WriteAllBytes(At("manifest.cose"), cose);
        Assert.Equal(1, Verify("--pem", At("key.pub")).ExitCode);
        File.WriteAllBytes(At("manifest.cose"), cose[..^1]);
        Assert.Equal(2, Verify("--pem", At("key.pub")).ExitCode);
        File.Delete(At("manifest.cose"));
        Assert.Equal(2, Verify("--pem", At("key.pub")).ExitCode);
        Assert.Equal(2, Verify().ExitCode);
        Assert.Equal(2, Verify("--pem", At("key.pub"), "--jwks", At("key.json")).ExitCode);
    }

    [Fact]
    public void What_breaks_a_rule_is_not_signed()
    {
        MakeKey("key");
        Assert.Equal(1, Sign("--minimum-version", "one").ExitCode);
        Assert.Equal(1, Sign("--valid-days", "0").ExitCode);
        File.WriteAllBytes(At("image.bin"), Image("v1"));
        var (exitCode, _, error) = Sign();
        Assert.Equal(1, exitCode);
        Assert.Contains("Semantic Versioning", error, StringComparison.Ordinal);
        Assert.False(File.Exists(At("manifest.cose")));
        Assert.Equal(2, CliRunner.Run("release", "sign", At("image.bin"), "--key", At("none.pem"), "--product", "lamp", "--sequence", "1", "-o", At("m")).ExitCode);
    }

    [Fact]
    public void A_key_is_never_overwritten()
    {
        MakeKey("key");
        var before = File.ReadAllText(At("key.pem"));
        Assert.Equal(1, CliRunner.Run("key", "create", At("key.pem")).ExitCode);
        Assert.Equal(before, File.ReadAllText(At("key.pem")));
    }

    [Fact]
    public void An_image_is_inspected_as_text_and_as_JSON()
    {
        var (exitCode, output, _) = CliRunner.Run("image", "inspect", At("image.bin"));
        Assert.Equal(0, exitCode);
        Assert.Contains("version         1.2.0", output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(CliRunner.Run("image", "inspect", At("image.bin"), "--json").Output);
        Assert.Equal("host", json.RootElement.GetProperty("format").GetString());
        Assert.Equal("0.1.0", json.RootElement.GetProperty("agentVersion").GetString());
        Assert.Equal(new FileInfo(At("image.bin")).Length, json.RootElement.GetProperty("sizeBytes").GetInt64());
    }

    [Fact]
    public void A_damaged_image_exits_1_and_a_missing_one_2()
    {
        var bytes = File.ReadAllBytes(At("image.bin"));
        bytes[^1] ^= 1;
        File.WriteAllBytes(At("image.bin"), bytes);
        var (exitCode, output, error) = CliRunner.Run("image", "inspect", At("image.bin"));
        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains("damaged", error, StringComparison.Ordinal);
        Assert.Equal(2, CliRunner.Run("image", "inspect", At("none.bin")).ExitCode);
    }
}
