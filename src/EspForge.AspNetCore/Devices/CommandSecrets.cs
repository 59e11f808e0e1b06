using Microsoft.AspNetCore.DataProtection;

namespace EspForge.AspNetCore;

/// <summary>Encrypts command secrets for the store, with the host's data protection keys.</summary>
internal sealed class CommandSecrets(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("EspForge.CommandSecret.v1");

    public string Protect(byte[] secret) => Convert.ToBase64String(_protector.Protect(secret));

    public byte[] Unprotect(string secret) => _protector.Unprotect(Convert.FromBase64String(secret));
}
