using System.CommandLine;
using EspForge.Ota;

namespace EspForge.Cli.Commands;

/// <summary><c>espforge release sign IMAGE --key FILE --product NAME --sequence N -o MANIFEST</c>: exit code 0 signed, 1 the image or an option breaks a rule, 2 a file cannot be used.</summary>
internal sealed class ReleaseSignCommand
{
    private readonly Argument<string> _image = new("IMAGE") { Description = "The image to release." };
    private readonly Option<string> _key = new("--key") { Description = "The signing key (PKCS#8 PEM, mode 0600).", Required = true };
    private readonly Option<string> _product = new("--product") { Description = "The product: 1-63 of a-z 0-9 - _ .", Required = true };
    private readonly Option<long> _sequence = new("--sequence") { Description = "Anti-rollback sequence; higher than that of every manifest of the product before.", Required = true };
    private readonly Option<string> _output = new("--output", "-o") { Description = "Where the manifest goes.", Required = true };
    private readonly Option<string?> _signature = new("--image-signature") { Description = "Also write the detached signature over the image, for openssl dgst -sha256 -verify." };
    private readonly Option<string?> _minimumVersion = new("--minimum-version") { Description = "Least running version that may take it." };
    private readonly Option<string?> _minimumAgent = new("--minimum-agent-version") { Description = "Least agent version that may take it." };
    private readonly Option<uint> _epoch = new("--epoch") { Description = "Security epoch; the default is 0." };
    private readonly Option<int> _days = new("--valid-days") { Description = "Days the manifest is valid, 1-3650; the default is 90.", DefaultValueFactory = _ => 90 };

    public static Command Create()
    {
        var self = new ReleaseSignCommand();
        var command = new Command("sign", "Sign a release manifest for an image. Exit code: 0 signed, 1 a rule is broken, 2 a file cannot be used.")
        {
            self._image, self._key, self._product, self._sequence, self._output, self._signature, self._minimumVersion, self._minimumAgent, self._epoch, self._days,
        };
        command.SetAction((parsed, cancel) => self.RunAsync(parsed, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancel));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        var imagePath = parsed.GetRequiredValue(_image);
        var keyPath = parsed.GetRequiredValue(_key);
        var sequence = parsed.GetRequiredValue(_sequence);
        var days = parsed.GetValue(_days);
        if (sequence is < 1 or > ManifestPayload.MaximumSequence) return Wrong(error, $"--sequence: must be 1 to {ManifestPayload.MaximumSequence}.");
        if (days is < 1 or > 3_650) return Wrong(error, "--valid-days: must be 1 to 3650.");
        if (!SigningKeyFile.Load(keyPath).TryGet(out var key, out var fault)) return ReleaseFiles.Refuse(fault, keyPath, error);
        using var held = key;
        if (!ReleaseFiles.Image(imagePath).TryGet(out var image, out fault)) return ReleaseFiles.Refuse(fault, imagePath, error);

        var draft = new ReleaseDraft
        {
            Organization = "cli",
            Product = parsed.GetRequiredValue(_product),
            Image = image,
            MinimumVersion = parsed.GetValue(_minimumVersion),
            MinimumAgentVersion = parsed.GetValue(_minimumAgent),
            SecurityEpoch = parsed.GetValue(_epoch),
            Validity = TimeSpan.FromDays(days),
            CreatedBy = "system:cli",
        };
        await using var content = File.OpenRead(imagePath);
        if (!(await ReleaseSigner.PrepareAsync(draft, content, key, TimeProvider.System.GetUtcNow(), cancel)).TryGet(out var prepared, out fault)) return ReleaseFiles.Refuse(fault, imagePath, error);

        var release = prepared.Sign(sequence);
        var manifestPath = parsed.GetRequiredValue(_output);
        if (ReleaseFiles.Write(manifestPath, release.Manifest.Cose) is { } unwritten) return ReleaseFiles.Refuse(unwritten, manifestPath, error);
        if (parsed.GetValue(_signature) is { } signaturePath && ReleaseFiles.Write(signaturePath, release.ImageSignature) is { } unsigned)
            return ReleaseFiles.Refuse(unsigned, signaturePath, error);
        output.WriteLine($"{release.Product} {release.Version} for {image.Chip}, sequence {sequence}, signed by {key.KeyId}, expires {release.Manifest.ExpiresAt:u}");
        return ExitCode.Fine;
    }

    private static int Wrong(TextWriter error, string sentence)
    {
        error.WriteLine(sentence);
        return ExitCode.Wrong;
    }
}
