using System.CommandLine;
using System.Text;
using EspForge.Ota;

namespace EspForge.Cli.Commands;

/// <summary><c>espforge key create FILE</c> and <c>espforge key public FILE [--jwks]</c>.</summary>
internal static class KeyCommands
{
    public static Command CreateKey()
    {
        var file = new Argument<string>("FILE") { Description = "Where the key goes: PKCS#8 PEM, mode 0600. Never overwritten." };
        var command = new Command("create", "Make a signing key (ES256). Exit code: 0 made, 1 the file is there already, 2 it cannot be written.") { file };
        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(file);
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if (!SigningKeyFile.Create(path).TryGet(out var key, out var fault)) return ReleaseFiles.Refuse(fault, path, error);
            using (key) output.WriteLine(key.KeyId);
            return ExitCode.Fine;
        });
        return command;
    }

    public static Command ShowPublic()
    {
        var file = new Argument<string>("FILE") { Description = "The signing key." };
        var jwks = new Option<bool>("--jwks") { Description = "As a JWK set instead of PEM." };
        var command = new Command("public", "Write the public half of a signing key, for 'release verify' and openssl.") { file, jwks };
        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(file);
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if (!SigningKeyFile.Load(path).TryGet(out var key, out var fault)) return ReleaseFiles.Refuse(fault, path, error);
            using (key)
            using (var trusted = TrustedKey.Of(key).Value)
                output.WriteLine(parsed.GetValue(jwks) ? Encoding.UTF8.GetString(KeySet.ToJwks([trusted])) : KeySet.ToPem([trusted]).TrimEnd());
            return ExitCode.Fine;
        });
        return command;
    }
}
