using System.CommandLine;
using System.Text;
using EspForge.Ota;

namespace EspForge.Cli.Commands;

/// <summary><c>espforge release verify MANIFEST --pem FILE | --jwks FILE [--image FILE]</c>: exit code 0 good, 1 not (unknown key, wrong signature, expired, another image), 2 a file cannot be used.</summary>
internal static class ReleaseVerifyCommand
{
    public static Command Create()
    {
        var manifest = new Argument<string>("MANIFEST") { Description = "The manifest (application/cose)." };
        var pem = new Option<string?>("--pem") { Description = "Trusted public keys as PEM, as under /.well-known/espforge/keys.pem." };
        var jwks = new Option<string?>("--jwks") { Description = "Trusted public keys as a JWK set, as under /.well-known/espforge/keys.json." };
        var image = new Option<string?>("--image") { Description = "The image that the manifest must be about." };
        var command = new Command("verify", "Verify a release manifest. Exit code: 0 good, 1 not, 2 a file cannot be used.") { manifest, pem, jwks, image };
        command.Validators.Add(result =>
        {
            if (result.GetValue(pem) is null == result.GetValue(jwks) is null) result.AddError("Name the trusted keys: either --pem FILE or --jwks FILE.");
        });
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(manifest),
            (parsed.GetValue(pem) ?? parsed.GetValue(jwks))!,
            parsed.GetValue(pem) is not null,
            parsed.GetValue(image),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(string manifestPath, string keysPath, bool isPem, string? imagePath, TextWriter output, TextWriter error)
    {
        if (!ReleaseFiles.Small(keysPath).TryGet(out var keyBytes, out var fault)) return ReleaseFiles.Refuse(fault, keysPath, error);
        var read = isPem ? KeySet.FromPem(Encoding.UTF8.GetString(keyBytes)) : KeySet.FromJwks(keyBytes);
        if (!read.TryGet(out var keys, out fault)) return ReleaseFiles.Refuse(fault, keysPath, error);
        if (!ReleaseFiles.Small(manifestPath).TryGet(out var cose, out fault)) return ReleaseFiles.Refuse(fault, manifestPath, error);
        if (!ManifestReader.Open(cose, keys).TryGet(out var payload, out fault)) return ReleaseFiles.Refuse(fault, manifestPath, error);
        if (payload.ExpiresAt <= TimeProvider.System.GetUtcNow()) return ReleaseFiles.Refuse(new Fault("manifest-expired", $"The manifest expired at {payload.ExpiresAt:u}."), manifestPath, error);
        if (imagePath is not null)
        {
            if (!ReleaseFiles.Image(imagePath).TryGet(out var image, out fault)) return ReleaseFiles.Refuse(fault, imagePath, error);
            if (ManifestImage.Of(image) with { Path = payload.Image.Path } != payload.Image)
                return ReleaseFiles.Refuse(new Fault("image-hash-mismatch", $"The manifest is about {payload.Image.SizeBytes} bytes with SHA-256 {payload.Image.Sha256}; this image has {image.SizeBytes} with {image.Sha256}."), imagePath, error);
        }

        output.WriteLine($"{payload.Product} {payload.Version} for {payload.Chip}, sequence {payload.Sequence}, epoch {payload.SecurityEpoch}, expires {payload.ExpiresAt:u}: verified");
        return ExitCode.Fine;
    }
}
