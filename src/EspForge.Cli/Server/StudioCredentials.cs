using System.Text.Json;

namespace EspForge.Cli.Server;

/// <summary>Which server, and the API key for it. The key is in no command line and in no output.</summary>
/// <param name="Server">The server's address.</param>
/// <param name="Key">The API key.</param>
internal sealed record StudioCredentials(Uri Server, string Key)
{
    /// <summary>Environment variable of the server's address; it goes before the file.</summary>
    public const string ServerVariable = "ESPFORGE_SERVER";

    /// <summary>Environment variable of the API key; it goes before the file.</summary>
    public const string KeyVariable = "ESPFORGE_API_KEY";

    /// <summary>Environment variable of the file that <c>login</c> writes.</summary>
    public const string FileVariable = "ESPFORGE_CREDENTIALS";

    private const int MaxFileBytes = 16_384;

    /// <summary>Where <c>login</c> keeps them.</summary>
    public static string FilePath => Environment.GetEnvironmentVariable(FileVariable) is { Length: > 0 } path
        ? path
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "espforge", "credentials.json");

    /// <summary>From the option, the environment and the file, in this order. Fault <c>not-signed-in</c>.</summary>
    /// <param name="server">The option <c>--server</c>, or null.</param>
    public static Outcome<StudioCredentials> Find(string? server)
    {
        server ??= Environment.GetEnvironmentVariable(ServerVariable) is { Length: > 0 } named ? named : null;
        var key = Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } set ? set : null;
        if (server is null || key is null)
        {
            if (!Read().TryGet(out var kept, out var fault))
                return fault;
            if (server is null || Address(server).TryGet(out var wanted, out _) && wanted == kept.Server)
                (server, key) = (kept.Server.AbsoluteUri, key ?? kept.Key);
        }

        if (key is null)
            return new Fault("not-signed-in", $"There is no API key for {server}. Run 'espforge login --server {server}', or set {KeyVariable}.");
        return Address(server).TryGet(out var address, out var bad) ? new StudioCredentials(address, key) : bad;
    }

    /// <summary>The address of a server. Fault <c>server-invalid</c>: what is no http(s) address, and http to another machine, where anybody on the way could read the key.</summary>
    public static Outcome<Uri> Address(string text)
    {
        if (!Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0 || uri.Query.Length > 0)
            return new Fault("server-invalid", $"'{text}' is no address of a server: it is like https://studio.example.com.");
        return uri.Scheme is "https" || uri.IsLoopback ? uri : new Fault("server-invalid", $"{uri} is not encrypted: the API key would be readable on the way. Use https.");
    }

    /// <summary>Keeps them for this user alone (mode 0600).</summary>
    public Fault? Keep()
    {
        var path = FilePath;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            var fresh = path + ".new";
            File.Delete(fresh);
            using (var stream = new FileStream(fresh, options))
            using (var json = new Utf8JsonWriter(stream))
            {
                json.WriteStartObject();
                json.WriteString("server", Server.AbsoluteUri);
                json.WriteString("key", Key);
                json.WriteEndObject();
            }

            File.Move(fresh, path, overwrite: true);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new Fault("credentials-failed", $"{path} could not be written: {error.Message}");
        }
    }

    /// <summary>Whether there was a file, which is gone now.</summary>
    public static Outcome<bool> Forget()
    {
        try
        {
            var there = File.Exists(FilePath);
            File.Delete(FilePath);
            return there;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new Fault("credentials-failed", $"{FilePath} could not be deleted: {error.Message}");
        }
    }

    private static Outcome<StudioCredentials> Read()
    {
        var path = FilePath;
        if (!File.Exists(path))
            return new Fault("not-signed-in", $"Not signed in. Run 'espforge login --server ADDRESS', or set {ServerVariable} and {KeyVariable}.");
        try
        {
            if (new FileInfo(path).Length <= MaxFileBytes)
            {
                using var document = JsonDocument.Parse(File.ReadAllBytes(path));
                if (document.RootElement.GetProperty("server").GetString() is { } server && document.RootElement.GetProperty("key").GetString() is { Length: > 0 } key
                    && Address(server).TryGet(out var address, out _))
                    return new StudioCredentials(address, key);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Said below: what is in the file is not shown.
        }

        return new Fault("not-signed-in", $"{path} cannot be read. Run 'espforge login' again.");
    }
}
