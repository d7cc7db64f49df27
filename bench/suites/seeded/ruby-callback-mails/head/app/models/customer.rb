# A customer. Imported by the nightly job (200,000 rows), made by support, and by the sign-up service
# app/services/sign_up.rb, which is the only one that talks to the customer.
class Customer < ApplicationRecord
  validates :address, presence: true

  after_create { WelcomeMailer.with(customer: self).welcome.deliver_later }
end
